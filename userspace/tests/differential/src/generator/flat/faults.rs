// SPDX-License-Identifier: MIT OR Apache-2.0

//! Instructions that may fault, or do.

use anyhow::Result;
use iced_x86::{Code, Instruction, Mnemonic, Register};

use super::Flat;
use super::addresses::Target;
use crate::generator::instructions::{EMULATED, EMULATED_STRINGS, FAULTS};
use crate::program::Reference;

impl Flat {
    /// Emits one of them, after its length, so that the handler can skip it.
    pub fn fault(&mut self) -> Result<()> {
        let paging = self.mode.has_paging();
        let instruction = match self.emitter.dice.below(8) {
            0..3 if paging => {
                let code = self.pick(&EMULATED);
                self.instruction(code, Target::Fault)?
            }
            3 if paging => {
                let code = self.pick(&EMULATED_STRINGS);
                self.instruction(code, Target::Fault)?
            }
            4 => {
                // A selector that does not exist.
                let load = Instruction::with2(Code::Mov_r32_imm32, Register::EAX, 0x48)?;
                self.emitter.put(load);
                Instruction::with2(Code::Mov_Sreg_rm16, Register::ES, Register::AX)?
            }
            5 => {
                // An MSR that does not exist.
                let load = Instruction::with2(Code::Mov_r32_imm32, Register::ECX, 0x4000_1234)?;
                self.emitter.put(load);
                Instruction::with(self.emitter.dice.pick(&[Code::Rdmsr, Code::Wrmsr]))
            }
            _ => self.divide()?,
        };
        self.emitter.define_flags_if_needed();
        let length = Instruction::with2(Code::Mov_rm8_imm8, self.cell(0), 0)?;
        let open = self.emitter.open(length, Reference::Length);
        self.emitter.close_keeping_flags(open);
        self.emitter.put(instruction);
        self.emitter.join();
        Ok(())
    }

    /// Returns a division, or an instruction of that class that faults anyway.
    fn divide(&mut self) -> Result<Instruction> {
        let code = loop {
            let code = self.pick(&FAULTS);
            if matches!(
                code.mnemonic(),
                Mnemonic::Div | Mnemonic::Idiv | Mnemonic::Ud2
            ) {
                break code;
            }
        };
        let instruction = self.instruction(code, Target::Data)?;
        // With the least dividend, TCG crashes: see `LeastDividend`.
        let sign = match code {
            Code::Idiv_rm8 => Some(Code::Cbw),
            Code::Idiv_rm16 => Some(Code::Cwd),
            Code::Idiv_rm32 => Some(Code::Cdq),
            Code::Idiv_rm64 => Some(Code::Cqo),
            _ => None,
        };
        if let Some(code) = sign {
            self.emitter.put(Instruction::with(code));
        }
        Ok(instruction)
    }
}
