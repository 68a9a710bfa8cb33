// SPDX-License-Identifier: MIT OR Apache-2.0

//! Jumps, loops, calls and interrupts.

use anyhow::Result;
use iced_x86::{Code, Instruction, MemoryOperand, Register};

use super::blocks::straight;
use super::emitter::{Emitter, Open};
use super::instructions::JUMPS;
use super::operands::Stack;
use crate::memory_map::CELLS;
use crate::program::Reference;

/// A routine that is called, and its way to return.
pub struct Routine {
    /// The call.
    pub call: Open,
    /// Its last instruction.
    pub end: Instruction,
}

/// The flags that POPF and IRET may set: all except TF, and VM, which real mode does not have.
const FLAGS: u32 = 0x24_fed5;

/// Cells of the program, as offsets from [`CELLS`]. The first cell belongs to the handlers.
const COUNTER: u32 = 2;
const POINTER: u32 = 4;

/// Emits a jump forward, with the condition that it depends on.
pub fn branch(emitter: &mut Emitter) -> Result<()> {
    let codes = JUMPS.mnemonic(|count| emitter.dice.below(count));
    let code = match emitter.dice.below(6) {
        0 => emitter.dice.pick(&[
            Code::Jmp_rel8_16,
            Code::Jmp_rel16,
            Code::Jmp_rel32_32,
            Code::Jmp_rel8_32,
        ]),
        _ => emitter.dice.pick(codes),
    };
    let branch = emitter.open(Instruction::with_branch(code, 0)?, Reference::Branch);
    straight(emitter)?;
    emitter.close(branch);
    Ok(())
}

/// Emits a loop. Its counter is a cell, so that its body may use all registers.
pub fn repeat(emitter: &mut Emitter) -> Result<()> {
    let counter = cell(emitter, COUNTER);
    let count = 2 + emitter.dice.below(4) as i32;
    emitter.put(Instruction::with2(Code::Mov_rm8_imm8, counter, count)?);
    let top = emitter.join();
    straight(emitter)?;
    if emitter.dice.once_in(2) {
        branch(emitter)?;
    }
    emitter.put(Instruction::with1(Code::Dec_rm8, counter)?);
    emitter.line(
        Instruction::with_branch(Code::Jne_rel16, 0)?,
        Reference::Branch(top),
    );
    Ok(())
}

/// Emits a call, direct or indirect.
pub fn call(emitter: &mut Emitter, routines: &mut Vec<Routine>) -> Result<()> {
    let arguments = emitter.dice.below(3);
    for _ in 0..arguments {
        let value = emitter.dice.u32() as i16;
        emitter.put(Instruction::with1(Code::Push_imm16, i32::from(value))?);
    }
    let mut end = match arguments {
        0 => Instruction::with(Code::Retnw),
        count => Instruction::with1(Code::Retnw_imm16, 2 * count as u32)?,
    };
    let call = match emitter.dice.below(5) {
        0 => {
            end = match arguments {
                0 => Instruction::with(Code::Retnd),
                count => Instruction::with1(Code::Retnd_imm16, 2 * count as u32)?,
            };
            emitter.open(
                Instruction::with_branch(Code::Call_rel32_32, 0)?,
                Reference::Branch,
            )
        }
        1 => {
            let register =
                emitter
                    .dice
                    .pick(&[Register::AX, Register::BX, Register::BP, Register::DI]);
            let open = emitter.open(
                Instruction::with2(Code::Mov_r16_imm16, register, 0)?,
                Reference::Offset,
            );
            emitter.put(Instruction::with1(Code::Call_rm16, register)?);
            open
        }
        2 => {
            let pointer = cell(emitter, POINTER);
            let open = emitter.open(
                Instruction::with2(Code::Mov_rm16_imm16, pointer, 0)?,
                Reference::Offset,
            );
            emitter.put(Instruction::with1(Code::Call_rm16, pointer)?);
            open
        }
        _ => emitter.open(
            Instruction::with_branch(Code::Call_rel16, 0)?,
            Reference::Branch,
        ),
    };
    emitter.join();
    routines.push(Routine { call, end });
    Ok(())
}

/// Emits a software interrupt whose handler returns at once.
pub fn interrupt(emitter: &mut Emitter) -> Result<()> {
    emitter.define_flags_if_needed();
    let instruction = match emitter.dice.below(8) {
        0 => Instruction::with(Code::Int3),
        1 | 2 => Instruction::with(Code::Into),
        _ => {
            // Vectors up to 15 are the CPU's own.
            let vector = 16 + emitter.dice.below(240) as u32;
            Instruction::with1(Code::Int_imm8, vector)?
        }
    };
    emitter.put(instruction);
    Ok(())
}

/// Emits a POPF, with flags that are pushed for it.
pub fn set_flags(emitter: &mut Emitter) -> Result<()> {
    let flags = emitter.dice.u32() & FLAGS;
    let [push, pop] = match emitter.dice.below(3) {
        0 => [
            Instruction::with1(Code::Pushd_imm32, flags)?,
            Instruction::with(Code::Popfd),
        ],
        _ => [
            Instruction::with1(Code::Push_imm16, flags & 0xffff)?,
            Instruction::with(Code::Popfw),
        ],
    };
    emitter.put(push);
    emitter.put(pop);
    Ok(())
}

/// Emits the routines that a program calls.
pub fn routines(emitter: &mut Emitter, routines: Vec<Routine>) -> Result<()> {
    emitter.stack = Stack::Kept;
    for routine in routines {
        emitter.close(routine.call);
        straight(emitter)?;
        emitter.put(routine.end);
    }
    Ok(())
}

/// Returns a cell, addressed through CS.
pub fn cell(emitter: &Emitter, cell: u32) -> MemoryOperand {
    let offset = CELLS + cell - (u32::from(emitter.cs) << 4);
    MemoryOperand::new(
        Register::None,
        Register::None,
        1,
        offset.into(),
        2,
        false,
        Register::CS,
    )
}
