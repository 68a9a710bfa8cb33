// SPDX-License-Identifier: MIT OR Apache-2.0

//! Single steps, and the address of the vector table.

use anyhow::Result;
use iced_x86::{Code, Instruction};

use super::control::cell;
use super::emitter::Emitter;
use super::instructions::DEFINITE;

/// The bit of the single-step trap in RFLAGS.
const TF: u32 = 1 << 8;

/// The flags that are random during single-stepping: those of arithmetic, IF and DF.
const FLAGS: u32 = 0xed5;

/// A cell with a descriptor table's limit and address.
const TABLE: u32 = 0x10;

/// Emits one of these.
pub fn block(emitter: &mut Emitter) -> Result<()> {
    match emitter.dice.below(4) {
        0 => vector_table(emitter),
        _ => single_steps(emitter),
    }
}

/// Emits instructions that each cause a trap, up to the one that ends single-stepping.
fn single_steps(emitter: &mut Emitter) -> Result<()> {
    set_flags(emitter, TF)?;
    for _ in 0..1 + emitter.dice.below(4) {
        let codes = DEFINITE.mnemonic(|count| emitter.dice.below(count));
        let code = emitter.dice.pick(codes);
        emitter.random(code)?;
    }
    set_flags(emitter, 0)
}

fn set_flags(emitter: &mut Emitter, trap: u32) -> Result<()> {
    let flags = emitter.dice.u32() & FLAGS | trap;
    emitter.put(Instruction::with1(Code::Push_imm16, flags)?);
    emitter.put(Instruction::with(Code::Popfw));
    Ok(())
}

/// Emits LIDT with the existing table.
fn vector_table(emitter: &mut Emitter) -> Result<()> {
    let limit = 0x3ff + emitter.dice.below(0x1000) as u32;
    let code = emitter.dice.pick(&[Code::Lidt_m1632_16, Code::Lidt_m1632]);
    for (offset, word) in [(0, limit), (2, 0), (4, 0)] {
        let cell = cell(emitter, TABLE + offset);
        emitter.put(Instruction::with2(Code::Mov_rm16_imm16, cell, word)?);
    }
    let table = cell(emitter, TABLE);
    emitter.put(Instruction::with1(code, table)?);
    Ok(())
}
