// SPDX-License-Identifier: MIT OR Apache-2.0

//! The reasons why the runs of a program cannot be compared.

use emulator::Cpu;
use emulator::flags::{DF, TF};
use iced_x86::{
    Code, ConditionCode, FlowControl, Instruction, InstructionInfoFactory, MemorySize, Mnemonic,
    OpKind, Register,
};

use crate::known::Skip;
use crate::memory_map::PAGE;

use super::Written;
use super::flags::{bits, has_constant, names, shift};

/// The indexes of these registers among the general registers.
const AX: usize = 0;
const CX: usize = 1;
const DX: usize = 2;
const SP: usize = 4;
const DI: usize = 7;

/// Returns why an instruction must not be executed.
pub fn before(
    instruction: &Instruction,
    cpu: &Cpu,
    undefined: u64,
    carry_of_shift: bool,
) -> Option<Skip> {
    let memory =
        (0..instruction.op_count()).any(|operand| instruction.op_kind(operand) == OpKind::Memory);
    if cpu.rflags & TF != 0 && memory && is_locked(instruction) {
        return Some(Skip::LockedStep);
    }
    if let Some(flag) = names(bits(instruction.rflags_read()) & undefined).next() {
        return Some(Skip::ReadUndefinedFlag(flag));
    }
    let table = match instruction.code() {
        Code::Sgdt_m1632_16 => Some(cpu.gdt),
        Code::Sidt_m1632_16 => Some(cpu.idt),
        _ => None,
    };
    if table.is_some_and(|table| table.base >> 24 != 0) {
        return Some(Skip::DescriptorTableOf24Bits);
    }
    if instruction.code() == Code::Enterd_imm16_imm8 && cpu.regs[SP] & 0xffff < 4 {
        return Some(Skip::EnterWraps);
    }
    let least = match instruction.code() {
        Code::Idiv_rm16 => cpu.regs[DX] & 0xffff == 0x8000 && cpu.regs[AX] & 0xffff == 0,
        Code::Idiv_rm32 => cpu.regs[DX] as u32 == 1 << 31 && cpu.regs[AX] as u32 == 0,
        _ => false,
    };
    if least {
        return Some(Skip::LeastDividend);
    }
    if input_wraps(instruction, cpu) {
        return Some(Skip::InputWraps);
    }
    let al = cpu.regs[AX] as u8;
    let divisor = instruction.immediate8();
    if instruction.mnemonic() == Mnemonic::Aam && (128..=al).contains(&divisor) {
        return Some(Skip::SignedAam);
    }
    let shift = shift(instruction, cpu)?;
    match instruction.mnemonic() {
        Mnemonic::Shld | Mnemonic::Shrd if shift.count > shift.bits => Some(Skip::UndefinedShift),
        Mnemonic::Rcl | Mnemonic::Rcr if has_constant(instruction) && shift.count != 0 => {
            if shift.count.is_multiple_of(shift.bits + 1) {
                Some(Skip::WholeTurn)
            } else {
                carry_of_shift.then_some(Skip::CarryOfShift)
            }
        }
        _ => None,
    }
}

/// Returns why the interrupt caused by an instruction cannot be compared.
pub fn interrupt(
    instruction: &Instruction,
    before: &Cpu,
    vector: u8,
    undefined: u64,
) -> Option<Skip> {
    const STACK: u8 = 12;
    const PROTECTION: u8 = 13;
    if matches!(vector, STACK | PROTECTION) && exceeds_limit(instruction, before) {
        return Some(Skip::SegmentLimit);
    }
    let flag = names(undefined).next();
    flag.map(Skip::PushedUndefinedFlag)
}

/// Returns whether a repeated INS may wrap around its segment within one of KVM's batches.
fn input_wraps(instruction: &Instruction, cpu: &Cpu) -> bool {
    let input = matches!(
        instruction.mnemonic(),
        Mnemonic::Insb | Mnemonic::Insw | Mnemonic::Insd
    );
    let offset = cpu.regs[DI] & 0xffff;
    let in_page = offset % PAGE as u64;
    let down = cpu.rflags & DF != 0;
    // KVM takes bytes for elements here.
    let elements = if down { in_page } else { PAGE as u64 - in_page };
    let distance = elements.min(cpu.regs[CX] & 0xffff) * instruction.memory_size().size() as u64;
    let wraps = if down {
        offset < distance
    } else {
        offset + distance > 0x1_0000
    };
    input && instruction.has_rep_prefix() && wraps
}

fn is_locked(instruction: &Instruction) -> bool {
    instruction.has_lock_prefix() || instruction.mnemonic() == Mnemonic::Xchg
}

/// Returns why an instruction's write cannot be compared.
pub fn written(instruction: &Instruction, written: &Written) -> Option<Skip> {
    match written.device {
        Some((address, len)) => device(instruction, address, len),
        None if written.code && restarts(instruction) => Some(Skip::FlagsAndCode),
        None => None,
    }
}

/// Returns whether TCG may execute it again with other flags than before.
fn restarts(instruction: &Instruction) -> bool {
    spoils_flags(instruction) || is_locked(instruction) || instruction.rflags_modified() != 0
}

/// Returns whether TCG has changed the flags in the middle of it.
fn spoils_flags(instruction: &Instruction) -> bool {
    matches!(instruction.mnemonic(), Mnemonic::Rcl | Mnemonic::Rcr)
        || instruction.condition_code() != ConditionCode::None
}

fn pushes_segment_of_32_bits(instruction: &Instruction) -> bool {
    instruction.op0_register().is_segment_register() && instruction.stack_pointer_increment() == -4
}

/// Returns whether it reaches beyond the 64 KiB of a segment.
fn exceeds_limit(instruction: &Instruction, cpu: &Cpu) -> bool {
    const LAST: u64 = 0xffff;
    let mut factory = InstructionInfoFactory::new();
    let value = |register: Register, _, _| {
        if register.is_segment_register() {
            return Some(0);
        }
        let all = cpu.regs[register.full_register32().number()];
        Some(match register.size() {
            1 => all & 0xff,
            2 => all & 0xffff,
            _ => all & 0xffff_ffff,
        })
    };
    let memory = factory.info(instruction).used_memory();
    let beyond = memory.iter().any(|memory| {
        // iced has no size for a repeated string instruction.
        let size = match memory.memory_size() {
            MemorySize::Unknown => instruction.memory_size(),
            size => size,
        };
        let size = size.size().max(1) as u64;
        let offset = memory.try_virtual_address(0, value);
        offset.is_some_and(|offset| offset + size - 1 > LAST)
    });
    // With its number in a register, the bit may be far from the address.
    let bit = instruction.op1_register() != Register::None
        && matches!(
            instruction.mnemonic(),
            Mnemonic::Bt | Mnemonic::Bts | Mnemonic::Btr | Mnemonic::Btc
        );
    // The stack's accesses wrap, and a branch's target is computed: either may be out of bounds.
    let stack = instruction.is_stack_instruction();
    beyond || bit || stack || instruction.flow_control() != FlowControl::Next
}

/// Returns why an access to a device's memory cannot be compared.
pub fn device(instruction: &Instruction, address: u64, len: usize) -> Option<Skip> {
    use Mnemonic::*;
    let mnemonic = instruction.mnemonic();
    // The rest of a split access is in another page.
    let size = instruction.memory_size().size().max(1);
    let aligned = len == size && address.is_multiple_of(size as u64);
    if is_locked(instruction) && !aligned {
        return Some(Skip::LockedDevice);
    }
    match mnemonic {
        Sgdt | Sidt | Lgdt | Lidt => Some(Skip::TableOnDevice),
        Bound => Some(Skip::NotEmulated(mnemonic)),
        Enter if instruction.immediate8_2nd() & 0x1f > 0 => Some(Skip::NotEmulated(mnemonic)),
        Enter if instruction.code() == Code::Enterd_imm16_imm8 => Some(Skip::EnterOf32Bits),
        Leave | Popa | Popad => Some(Skip::HalfDone(mnemonic)),
        Pusha | Pushad => Some(Skip::LastPush),
        Call if instruction.is_call_far() || instruction.is_call_far_indirect() => {
            Some(Skip::LastPush)
        }
        Push if pushes_segment_of_32_bits(instruction) => Some(Skip::PushedSegment),
        Insb | Insw | Insd if instruction.has_rep_prefix() => Some(Skip::InputToDevice),
        _ if spoils_flags(instruction) => Some(Skip::FlagsOnDevice),
        _ => None,
    }
}
