// SPDX-License-Identifier: MIT OR Apache-2.0

//! Accesses to devices, and repeated string instructions.

use anyhow::Result;
use iced_x86::{Code, Instruction, OpCodeOperandKind, Register};

use super::Flat;
use super::addresses::Target;
use crate::generator::instructions::{EMULATED, EMULATED_STRINGS, PORTS, STRINGS};

impl Flat {
    /// Emits IN or OUT.
    pub fn ports(&mut self) -> Result<()> {
        self.one_of(&PORTS, Target::Data)
    }

    /// Emits HLT, after which the program continues.
    pub fn halt(&mut self) -> Result<()> {
        self.emitter.put(Instruction::with(Code::Hlt));
        Ok(())
    }

    /// Emits instructions that access a device's memory.
    pub fn device(&mut self) -> Result<()> {
        for _ in 0..1 + self.emitter.dice.below(4) {
            self.one_of(&EMULATED, Target::Device)?;
        }
        Ok(())
    }

    /// Emits a string instruction that may repeat a few times.
    pub fn strings(&mut self) -> Result<()> {
        let (class, target) = match self.emitter.dice.below(3) {
            0 => (&STRINGS, Target::Data),
            1 => (&EMULATED_STRINGS, Target::Data),
            _ => (&EMULATED_STRINGS, Target::Device),
        };
        let code = self.pick(class);
        let mut instruction = self.instruction(code, target)?;
        let dice = &mut self.emitter.dice;
        // KVM writes the values read ahead by a repeated INS in pieces: `InputToDevice`.
        let input = code.op_code().op_kinds().get(1) == Some(&OpCodeOperandKind::dx);
        let may_repeat = target == Target::Data || !input;
        if may_repeat && !dice.once_in(4) {
            let count = match (target, dice.below(8)) {
                (Target::Data, 0) => dice.below(80),
                _ => dice.below(9),
            };
            let repne = code.op_code().can_use_repne_prefix() && dice.once_in(2);
            instruction.set_has_repne_prefix(repne);
            instruction.set_has_rep_prefix(!repne);
            let count = Instruction::with2(Code::Mov_r32_imm32, Register::ECX, count as u32)?;
            self.emitter.put(count);
        }
        self.emitter.put(instruction);
        Ok(())
    }
}
