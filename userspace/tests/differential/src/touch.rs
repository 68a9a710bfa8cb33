// SPDX-License-Identifier: MIT OR Apache-2.0

//! A program that touches every page of the memory, so that what a device does on the first access
//! to a page has been done before programs are compared.

use anyhow::Result;
use iced_x86::{Code, Instruction, MemoryOperand, Register};

use crate::memory_map::{PAGE, regions};
use crate::program::{Label, Line, Program, Reference};
use random::Dice;

use crate::generator;

/// The program.
pub fn program() -> Result<Program> {
    let mut code = Vec::new();
    for region in regions() {
        for page in 0..region.pages {
            let address = region.address + (page * PAGE) as u32;
            let selector = (address >> 4).min(0xffff);
            let byte = MemoryOperand::with_displ((address - (selector << 4)).into(), 2);
            code.push(Instruction::with2(
                Code::Mov_r16_imm16,
                Register::AX,
                selector,
            )?);
            code.push(Instruction::with2(
                Code::Mov_Sreg_rm16,
                Register::DS,
                Register::AX,
            )?);
            code.push(Instruction::with2(Code::Mov_AL_moffs8, Register::AL, byte)?);
            if !region.read_only {
                code.push(Instruction::with2(Code::Mov_moffs8_AL, byte, Register::AL)?);
            }
        }
    }
    code.push(Instruction::with(Code::Hlt));
    let lines = (0..).zip(code).map(|(label, instruction)| Line {
        label,
        instruction,
        reference: Reference::None,
    });
    Ok(Program {
        name: "touch every page".to_owned(),
        lines: lines.collect(),
        end: Label::MAX,
        cpu: generator::start(&mut Dice::new(0, Dice::PROGRAM)),
        answers: 0,
        by_hand: true,
    })
}
