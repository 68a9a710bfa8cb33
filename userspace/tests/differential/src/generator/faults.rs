// SPDX-License-Identifier: MIT OR Apache-2.0

//! Instructions that may fault, or do.

use anyhow::Result;
use iced_x86::{Code, Instruction, Mnemonic, Register};

use super::control::cell;
use super::emitter::Emitter;
use super::instructions::FAULTS;
use crate::program::Reference;

/// Emits one of them: after its length, so that the handler can skip
/// it, and half the time after code that makes a division valid.
pub fn block(emitter: &mut Emitter) -> Result<()> {
    let codes = FAULTS.mnemonic(|count| emitter.dice.below(count));
    let code = emitter.dice.pick(codes);
    let instruction = emitter.random_instruction(code)?;
    if emitter.dice.once_in(2) {
        match code.mnemonic() {
            Mnemonic::Div => {
                emitter.put(Instruction::with2(
                    Code::Movzx_r32_rm8,
                    Register::EDX,
                    Register::DH,
                )?);
            }
            Mnemonic::Idiv => {
                let code = emitter.dice.pick(&[Code::Cbw, Code::Cwd, Code::Cdq]);
                emitter.put(Instruction::with(code));
            }
            _ => {}
        }
    }
    emitter.define_flags_if_needed();
    let length = Instruction::with2(Code::Mov_rm8_imm8, cell(emitter, 0), 0)?;
    let open = emitter.open(length, Reference::Length);
    emitter.close_keeping_flags(open);
    emitter.put(instruction);
    emitter.join();
    Ok(())
}
