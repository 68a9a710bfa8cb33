// SPDX-License-Identifier: MIT OR Apache-2.0

//! Accesses to devices, and repeated string instructions.

use anyhow::Result;
use iced_x86::{Code, Instruction, Register};

use super::blocks::straight;
use super::emitter::Emitter;
use super::instructions::{PORT_STRINGS, PORTS, STRINGS};
use crate::memory_map::{HOLE, ROM};

/// Emits IN or OUT.
pub fn ports(emitter: &mut Emitter) -> Result<()> {
    let codes = PORTS.mnemonic(|count| emitter.dice.below(count));
    let code = emitter.dice.pick(codes);
    emitter.random(code)
}

/// Emits HLT, after which the program continues.
pub fn halt(emitter: &mut Emitter) -> Result<()> {
    emitter.put(Instruction::with(Code::Hlt));
    Ok(())
}

/// Emits a string instruction that repeats a few times.
pub fn strings(emitter: &mut Emitter) -> Result<()> {
    let class = match emitter.dice.below(4) {
        0 => &PORT_STRINGS,
        _ => &STRINGS,
    };
    let codes = class.mnemonic(|count| emitter.dice.below(count));
    let code = emitter.dice.pick(codes);
    let count = match emitter.dice.below(8) {
        0 => emitter.dice.below(80),
        _ => emitter.dice.below(9),
    };
    for index in [Register::SI, Register::DI] {
        if !emitter.dice.once_in(4) {
            let offset = 0x400 + emitter.dice.below(0xf800) as u32;
            emitter.put(Instruction::with2(Code::Mov_r16_imm16, index, offset)?);
        }
    }
    let mut instruction = emitter.random_instruction(code)?;
    if code.op_code().can_use_repne_prefix() && emitter.dice.once_in(2) {
        instruction.set_has_repne_prefix(true);
    } else {
        instruction.set_has_rep_prefix(true);
    }
    let count = Instruction::with2(Code::Mov_r32_imm32, Register::ECX, count as u32)?;
    emitter.put(count);
    emitter.put(instruction);
    Ok(())
}

/// Emits the load of a segment register with a segment of no memory, or of read-only memory.
pub fn hole(emitter: &mut Emitter) -> Result<()> {
    let address = emitter.dice.pick(&[HOLE, HOLE, ROM]);
    let near = emitter.dice.below(0x1000);
    let selector = (address >> 4) - near as u32 / 2;
    let segment = emitter
        .dice
        .pick(&[Register::DS, Register::ES, Register::FS]);
    emitter.put(Instruction::with2(
        Code::Mov_r16_imm16,
        Register::AX,
        selector,
    )?);
    emitter.put(Instruction::with2(
        Code::Mov_Sreg_rm16,
        segment,
        Register::AX,
    )?);
    let index = emitter
        .dice
        .pick(&[Register::SI, Register::DI, Register::BX]);
    let offset = near as u32 * 8 + emitter.dice.below(0x40) as u32;
    emitter.put(Instruction::with2(Code::Mov_r16_imm16, index, offset)?);
    straight(emitter)
}
