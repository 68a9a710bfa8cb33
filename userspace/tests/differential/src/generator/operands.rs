// SPDX-License-Identifier: MIT OR Apache-2.0

//! Random operands.

use iced_x86::{Code, Instruction, OpCodeOperandKind, OpKind, Register};

use Register::*;
use random::Dice;

use super::addresses::{set_memory, set_segment};

/// The general registers, in the order of their encoding.
pub const R8: [Register; 8] = [AL, CL, DL, BL, AH, CH, DH, BH];
/// The same.
pub const R16: [Register; 8] = [AX, CX, DX, BX, SP, BP, SI, DI];
/// The same.
pub const R32: [Register; 8] = [EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI];
/// The segment registers, in the order of their encoding.
pub const SEGMENTS: [Register; 6] = [ES, CS, SS, DS, FS, GS];
const LOADABLE_SEGMENTS: [Register; 5] = [ES, SS, DS, FS, GS];

/// A restriction on the stack.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stack {
    /// It may be anywhere.
    Free,
    /// It must not move, because it contains a return address.
    Kept,
}

/// Returns an instruction with random operands. A branch's target is left open.
pub fn random(dice: &mut Dice, code: Code, stack: Stack) -> Instruction {
    let mut instruction = Instruction::default();
    instruction.set_code(code);
    let op_code = code.op_code();
    let kinds = op_code.op_kinds();
    // The only instruction with two immediate values.
    let enter = matches!(code, Code::Enterw_imm16_imm8 | Code::Enterd_imm16_imm8);
    for (operand, kind) in (0..).zip(kinds) {
        if enter {
            match operand {
                0 => instruction.set_immediate16(dice.below(64) as u16),
                _ => instruction.set_immediate8_2nd(dice.below(5) as u8),
            }
            let kind = [OpKind::Immediate16, OpKind::Immediate8_2nd][operand as usize];
            instruction.set_op_kind(operand, kind);
        } else {
            set_operand(dice, &mut instruction, operand, *kind, stack);
        }
    }
    let to_memory = instruction.op_count() > 0 && instruction.op0_kind() == OpKind::Memory;
    if op_code.can_use_lock_prefix() && to_memory && dice.once_in(6) {
        instruction.set_has_lock_prefix(true);
    }
    instruction
}

fn set_operand(
    dice: &mut Dice,
    instruction: &mut Instruction,
    operand: u32,
    kind: OpCodeOperandKind,
    stack: Stack,
) {
    use OpCodeOperandKind::*;
    let register = match kind {
        r8_or_mem | r16_or_mem | r32_or_mem if dice.once_in(2) => {
            return set_memory(dice, instruction, operand);
        }
        mem => return set_memory(dice, instruction, operand),
        mem_offs => {
            set_memory(dice, instruction, operand);
            instruction.set_memory_base(Register::None);
            instruction.set_memory_index(Register::None);
            instruction.set_memory_index_scale(1);
            let size = dice.pick(&[2, 4]);
            let offset = dice.u32() & 0xffff;
            instruction.set_memory_displ_size(size);
            return instruction.set_memory_displacement64(offset.into());
        }
        r8_or_mem | r8_reg | r8_opcode => dice.pick(&R8),
        r16_or_mem | r16_reg | r16_rm | r16_opcode => general(dice, &R16, stack),
        r32_or_mem | r32_reg | r32_rm | r32_opcode => general(dice, &R32, stack),
        seg_reg if operand == 0 && stack == Stack::Kept => dice.pick(&[ES, DS, FS, GS]),
        seg_reg if operand == 0 => dice.pick(&LOADABLE_SEGMENTS),
        seg_reg => dice.pick(&SEGMENTS),
        es => ES,
        cs => CS,
        ss => SS,
        ds => DS,
        fs => FS,
        gs => GS,
        al => AL,
        cl => CL,
        ax => AX,
        dx => DX,
        eax => EAX,
        seg_rSI | es_rDI => {
            let kinds = match kind {
                seg_rSI => [OpKind::MemorySegSI, OpKind::MemorySegESI],
                _ => [OpKind::MemoryESDI, OpKind::MemoryESEDI],
            };
            // Both addresses of an instruction have the same size.
            let narrow = match operand {
                0 => !dice.once_in(3),
                _ => {
                    !matches!(
                        instruction.op0_kind(),
                        OpKind::MemorySegESI | OpKind::MemoryESEDI
                    ) && (instruction.op0_kind() != OpKind::Register || !dice.once_in(3))
                }
            };
            if kind == seg_rSI {
                set_segment(dice, instruction);
            }
            return instruction.set_op_kind(operand, kinds[usize::from(!narrow)]);
        }
        seg_rBX_al => {
            instruction.set_memory_base(BX);
            instruction.set_memory_index(AL);
            set_segment(dice, instruction);
            return instruction.set_op_kind(operand, OpKind::Memory);
        }
        br16_1 | br16_2 => return instruction.set_op_kind(operand, OpKind::NearBranch16),
        br32_1 | br32_4 => return instruction.set_op_kind(operand, OpKind::NearBranch32),
        _ => return set_immediate(dice, instruction, operand, kind),
    };
    instruction.set_op_kind(operand, OpKind::Register);
    instruction.set_op_register(operand, register);
}

/// Returns a general register: the stack pointer least often, or never.
pub fn general(dice: &mut Dice, registers: &[Register; 8], stack: Stack) -> Register {
    loop {
        let register = dice.pick(registers);
        let is_sp = register == SP || register == ESP;
        if !is_sp || stack == Stack::Free && dice.once_in(4) {
            return register;
        }
    }
}

pub(super) fn set_immediate(
    dice: &mut Dice,
    instruction: &mut Instruction,
    operand: u32,
    kind: OpCodeOperandKind,
) {
    use OpCodeOperandKind::*;
    let value = dice.number();
    let kind = match kind {
        imm8_const_1 => OpKind::Immediate8,
        imm8 => OpKind::Immediate8,
        imm8sex16 => OpKind::Immediate8to16,
        imm8sex32 => OpKind::Immediate8to32,
        imm8sex64 => OpKind::Immediate8to64,
        imm16 => OpKind::Immediate16,
        imm32sex64 => OpKind::Immediate32to64,
        imm64 => OpKind::Immediate64,
        _ => OpKind::Immediate32,
    };
    instruction.set_op_kind(operand, kind);
    match kind {
        OpKind::Immediate8to16 => instruction.set_immediate8to16((value as i8).into()),
        OpKind::Immediate8to32 => instruction.set_immediate8to32((value as i8).into()),
        OpKind::Immediate8to64 => instruction.set_immediate8to64((value as i8).into()),
        OpKind::Immediate32to64 => instruction.set_immediate32to64((value as i32).into()),
        OpKind::Immediate64 => {
            let high = u64::from(dice.number());
            instruction.set_immediate64(high << 32 | u64::from(value));
        }
        OpKind::Immediate8 => instruction.set_immediate8(value as u8),
        OpKind::Immediate16 => instruction.set_immediate16(value as u16),
        _ => instruction.set_immediate32(value),
    }
    if instruction.op_code().op_kinds().contains(&imm8_const_1) {
        instruction.set_immediate8(1);
    }
}
