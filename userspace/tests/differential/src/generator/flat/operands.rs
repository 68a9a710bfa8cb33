// SPDX-License-Identifier: MIT OR Apache-2.0

//! Random operands, and the instructions that they need before them.

use anyhow::Result;
use iced_x86::{Code, Encoder, Instruction, Mnemonic, OpCodeOperandKind, OpKind, Register};

use super::Flat;
use super::addresses::Target;
use crate::generator::operands::{SEGMENTS, set_immediate};
use crate::memory_map::CODE;

impl Flat {
    /// Returns an instruction with random operands, and emits the instructions that these need.
    pub fn instruction(&mut self, code: Code, target: Target) -> Result<Instruction> {
        loop {
            let mut before = Vec::new();
            let instruction = self.random(code, target, &mut before)?;
            // Some byte registers cannot be combined with other registers.
            let mut encoder = Encoder::new(self.mode.bits());
            let encodes = encoder.encode(&instruction, CODE.into()).is_ok();
            if !encodes || divides_by_dividend(&instruction) {
                continue;
            }
            for instruction in before {
                self.emitter.put(instruction);
            }
            return Ok(instruction);
        }
    }

    fn random(
        &mut self,
        code: Code,
        target: Target,
        before: &mut Vec<Instruction>,
    ) -> Result<Instruction> {
        let mut instruction = Instruction::default();
        instruction.set_code(code);
        let op_code = code.op_code();
        for (operand, kind) in (0..).zip(op_code.op_kinds()) {
            self.set_operand(&mut instruction, operand, *kind, target);
        }
        let dice = &mut self.emitter.dice;
        let to_memory = instruction.op_count() > 0 && instruction.op0_kind() == OpKind::Memory;
        if op_code.can_use_lock_prefix() && to_memory && dice.once_in(6) {
            instruction.set_has_lock_prefix(true);
        }
        if matches!(code.mnemonic(), Mnemonic::Shld | Mnemonic::Shrd)
            && instruction.op2_kind() == OpKind::Immediate8
        {
            // With a count of more than 16 bits the result is undefined.
            instruction.set_immediate8(dice.below(17) as u8);
        }
        self.address(&mut instruction, target, before)?;
        Ok(instruction)
    }

    fn set_operand(
        &mut self,
        instruction: &mut Instruction,
        operand: u32,
        kind: OpCodeOperandKind,
        target: Target,
    ) {
        use OpCodeOperandKind::*;
        let wide = self.mode.bits() == 64;
        let dice = &mut self.emitter.dice;
        let register = match kind {
            r8_or_mem | r16_or_mem | r32_or_mem | r64_or_mem
                if target != Target::Data || dice.once_in(2) =>
            {
                return instruction.set_op_kind(operand, OpKind::Memory);
            }
            mem | mem_offs | seg_rBX_al => {
                return instruction.set_op_kind(operand, OpKind::Memory);
            }
            seg_rSI if wide => return instruction.set_op_kind(operand, OpKind::MemorySegRSI),
            es_rDI if wide => return instruction.set_op_kind(operand, OpKind::MemoryESRDI),
            seg_rSI => return instruction.set_op_kind(operand, OpKind::MemorySegESI),
            es_rDI => return instruction.set_op_kind(operand, OpKind::MemoryESEDI),
            r8_or_mem | r8_reg | r8_opcode => {
                Register::AL + dice.below(if wide { 20 } else { 8 }) as u32
            }
            r16_or_mem | r16_reg | r16_rm | r16_opcode => Register::AX + self.general(),
            r32_or_mem | r32_reg | r32_rm | r32_opcode => Register::EAX + self.general(),
            r64_or_mem | r64_reg | r64_rm | r64_opcode => Register::RAX + self.general(),
            seg_reg => dice.pick(&SEGMENTS),
            es => Register::ES,
            cs => Register::CS,
            ss => Register::SS,
            ds => Register::DS,
            fs => Register::FS,
            gs => Register::GS,
            al => Register::AL,
            cl => Register::CL,
            ax => Register::AX,
            dx => Register::DX,
            eax => Register::EAX,
            rax => Register::RAX,
            _ => return set_immediate(dice, instruction, operand, kind),
        };
        instruction.set_op_kind(operand, OpKind::Register);
        instruction.set_op_register(operand, register);
    }

    /// Returns the number of a general register other than the stack pointer.
    pub fn general(&mut self) -> u32 {
        const SP: u32 = 4;
        loop {
            let number = self.emitter.dice.below(self.registers()) as u32;
            if number != SP {
                return number;
            }
        }
    }
}

/// Returns whether sign-extending the dividend would overwrite the divisor's address.
fn divides_by_dividend(instruction: &Instruction) -> bool {
    let divides = matches!(instruction.mnemonic(), Mnemonic::Div | Mnemonic::Idiv);
    let registers = [instruction.memory_base(), instruction.memory_index()];
    let dividend = [Register::EAX, Register::EDX];
    divides
        && registers
            .iter()
            .any(|it| dividend.contains(&it.full_register32()))
}
