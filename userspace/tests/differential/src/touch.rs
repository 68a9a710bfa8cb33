// SPDX-License-Identifier: MIT OR Apache-2.0

//! A program that touches every page of the memory, so that a
//! device's first-access work is done before programs are compared.

use anyhow::Result;
use iced_x86::{Code, Instruction, MemoryOperand, Register};

use crate::memory_map::{END, LAST, PAGE, regions};
use crate::mode::Mode;
use crate::program::{Label, Line, Program, Reference};
use random::Dice;

use crate::generator;

/// Returns the program for a mode.
pub fn program(mode: Mode) -> Result<Program> {
    match mode {
        Mode::Real => real(),
        _ => flat(mode),
    }
}

/// A loop. It also accesses addresses without memory, which does no harm.
fn flat(mode: Mode) -> Result<Program> {
    use Register::{AL, ESI};
    let (index, jump) = match mode.bits() {
        64 => (Register::RSI, Code::Jne_rel8_64),
        _ => (ESI, Code::Jne_rel8_32),
    };
    let byte = MemoryOperand::with_base(index);
    let code = [
        Instruction::with2(Code::Mov_r32_imm32, ESI, 0)?,
        Instruction::with2(Code::Mov_r8_rm8, AL, byte)?,
        Instruction::with2(Code::Mov_rm8_r8, byte, AL)?,
        Instruction::with2(Code::Add_rm32_imm32, ESI, PAGE as u32)?,
        Instruction::with2(Code::Cmp_rm32_imm32, ESI, LAST)?,
        Instruction::with_branch(jump, 0)?,
        Instruction::with(Code::Hlt),
    ];
    let reference = |instruction: &Instruction| match instruction.code() == jump {
        true => Reference::Branch(1),
        false => Reference::None,
    };
    let lines = (0..).zip(code).map(|(label, instruction)| Line {
        label,
        instruction,
        reference: reference(&instruction),
    });
    Ok(Program {
        name: "touch every page".to_owned(),
        mode,
        lines: lines.collect(),
        end: Label::MAX,
        cpu: generator::flat_start(&mut Dice::new(0, Dice::PROGRAM)),
        answers: 0,
        by_hand: true,
        instructions: 0,
    })
}

fn real() -> Result<Program> {
    let mut code = Vec::new();
    for region in regions().iter().filter(|region| region.address < END) {
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
        mode: Mode::Real,
        lines: lines.collect(),
        end: Label::MAX,
        cpu: generator::start(&mut Dice::new(0, Dice::PROGRAM)),
        answers: 0,
        by_hand: true,
        instructions: 0,
    })
}
