// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Skip`]: why the runs of a program cannot be compared, by name.

use std::fmt;

use emulator::Cpu;
use iced_x86::{Code, FlowControl, Instruction, InstructionInfoFactory, Mnemonic, Register};

use super::flags::{bits, names, shift};

/// A reason. Those that are somebody's fault say whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skip {
    /// It executes more instructions than a program may.
    TooLong,
    /// It exits more often than a program may.
    TooManyExits,
    /// It has jumped to what is not its code.
    LeftItsCode,
    /// It has set TF, with which there is a trap after each instruction.
    TrapFlag,
    /// It depends on a flag that is undefined.
    ReadUndefinedFlag(&'static str),
    /// It has put a flag that is undefined into memory, by an interrupt.
    PushedUndefinedFlag(&'static str),
    /// A shift of two words by more than there is: the result is undefined.
    UndefinedShift,
    /// QEMU's TCG does not check the limits of segments in real mode; a real processor does, and
    /// so does the interpreter.
    SegmentLimit,
    /// QEMU's TCG stores 24 bits of a descriptor table's address where the operand size is 16,
    /// as the 80286 did; later ones store all 32, and so does the interpreter.
    DescriptorTableOf24Bits,
    /// KVM gives up where an interrupt's frame is not in memory.
    InterruptFrameOnDevice,
    /// The interpreter does not have the instruction.
    Unimplemented(Mnemonic),
}

/// Why an instruction must not be executed.
pub fn before(instruction: &Instruction, cpu: &Cpu, undefined: u64) -> Option<Skip> {
    const TF: u64 = 1 << 8;
    if cpu.rflags & TF != 0 {
        return Some(Skip::TrapFlag);
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
    let double = matches!(instruction.mnemonic(), Mnemonic::Shld | Mnemonic::Shrd);
    match shift(instruction, cpu) {
        Some(shift) if double && shift.count > shift.bits => Some(Skip::UndefinedShift),
        _ => None,
    }
}

/// Why the interrupt that an instruction has led to cannot be compared.
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

/// Whether it reaches beyond the 64 KiB of a segment.
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
        let size = memory.memory_size().size().max(1) as u64;
        let offset = memory.try_virtual_address(0, value);
        offset.is_some_and(|offset| offset + size - 1 > LAST)
    });
    // The stack's accesses wrap, a branch's target is computed: either is beyond if it faults.
    let stack = instruction.is_stack_instruction();
    beyond || stack || instruction.flow_control() != FlowControl::Next
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Skip::TooLong => f.write_str("executes too many instructions"),
            Skip::TooManyExits => f.write_str("exits too often"),
            Skip::LeftItsCode => f.write_str("jumps out of its code"),
            Skip::TrapFlag => f.write_str("sets TF"),
            Skip::ReadUndefinedFlag(flag) => write!(f, "reads {flag} when it is undefined"),
            Skip::PushedUndefinedFlag(flag) => write!(f, "pushes {flag} when it is undefined"),
            Skip::UndefinedShift => f.write_str("shifts by more bits than there are"),
            Skip::SegmentLimit => f.write_str("exceeds a segment's limit (TCG has none)"),
            Skip::DescriptorTableOf24Bits => {
                f.write_str("stores a table's address above 16 MiB (TCG: 24 bits)")
            }
            Skip::InterruptFrameOnDevice => {
                f.write_str("has an interrupt's frame on a device (KVM gives up)")
            }
            Skip::Unimplemented(mnemonic) => write!(f, "unimplemented: {mnemonic:?}"),
        }
    }
}
