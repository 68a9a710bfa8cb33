// SPDX-License-Identifier: MIT OR Apache-2.0

//! Jumps and calls that change CS. The new segment
//! contains the same code, at other offsets.

use anyhow::Result;
use iced_x86::{Code, Instruction, Register};

use super::blocks::straight;
use super::control::{Routine, cell};
use super::emitter::Emitter;
use crate::memory_map::CODE;
use crate::program::Reference;

/// A cell with a far pointer.
const FAR_POINTER: u32 = 8;

/// The flags that IRET may set.
const FLAGS: u32 = 0xfed5;

/// Emits code that leaves the segment and comes back.
pub fn block(emitter: &mut Emitter, routines: &mut Vec<Routine>) -> Result<()> {
    let home = emitter.cs;
    let away = (CODE >> 4) as u16 - emitter.dice.below(0xd00) as u16;
    match emitter.dice.below(6) {
        0 => jump(emitter, home, away),
        1 => call(emitter, routines, away),
        2 => call_from_memory(emitter, routines, home),
        3 => jump_from_memory(emitter, home),
        4 => call_as_interrupt(emitter, routines),
        _ => push_and_return(emitter, home),
    }
}

fn jump(emitter: &mut Emitter, home: u16, away: u16) -> Result<()> {
    for selector in [away, home] {
        let code = emitter.dice.pick(&[Code::Jmp_ptr1616, Code::Jmp_ptr1632]);
        let there = emitter.open(
            Instruction::with_far_branch(code, selector, 0)?,
            Reference::Branch,
        );
        emitter.close(there);
        if selector == away {
            straight(emitter)?;
        }
    }
    Ok(())
}

fn call(emitter: &mut Emitter, routines: &mut Vec<Routine>, away: u16) -> Result<()> {
    let (code, end) = match emitter.dice.below(3) {
        0 => (Code::Call_ptr1632, Code::Retfd),
        _ => (Code::Call_ptr1616, Code::Retfw),
    };
    let call = emitter.open(
        Instruction::with_far_branch(code, away, 0)?,
        Reference::Branch,
    );
    emitter.join();
    routines.push(Routine {
        call,
        end: Instruction::with(end),
    });
    Ok(())
}

fn call_from_memory(emitter: &mut Emitter, routines: &mut Vec<Routine>, home: u16) -> Result<()> {
    let pointer = cell(emitter, FAR_POINTER);
    let selector = cell(emitter, FAR_POINTER + 2);
    let call = emitter.open(
        Instruction::with2(Code::Mov_rm16_imm16, pointer, 0)?,
        Reference::Offset,
    );
    emitter.put(Instruction::with2(
        Code::Mov_rm16_imm16,
        selector,
        u32::from(home),
    )?);
    emitter.put(Instruction::with1(Code::Call_m1616, pointer)?);
    emitter.join();
    let end = Instruction::with(Code::Retfw);
    routines.push(Routine { call, end });
    Ok(())
}

fn jump_from_memory(emitter: &mut Emitter, home: u16) -> Result<()> {
    let pointer = cell(emitter, FAR_POINTER);
    let selector = cell(emitter, FAR_POINTER + 2);
    let there = emitter.open(
        Instruction::with2(Code::Mov_rm16_imm16, pointer, 0)?,
        Reference::Offset,
    );
    emitter.put(Instruction::with2(
        Code::Mov_rm16_imm16,
        selector,
        u32::from(home),
    )?);
    emitter.put(Instruction::with1(Code::Jmp_m1616, pointer)?);
    emitter.close(there);
    Ok(())
}

/// Emits a call that its routine takes for an interrupt: it ends with IRET.
fn call_as_interrupt(emitter: &mut Emitter, routines: &mut Vec<Routine>) -> Result<()> {
    let flags = emitter.dice.u32() & FLAGS;
    let wide = emitter.dice.once_in(3);
    let (push, push_cs, code, end) = match wide {
        true => (
            Code::Pushd_imm32,
            Code::Pushd_CS,
            Code::Call_rel32_32,
            Code::Iretd,
        ),
        false => (
            Code::Push_imm16,
            Code::Pushw_CS,
            Code::Call_rel16,
            Code::Iretw,
        ),
    };
    emitter.put(Instruction::with1(push, flags)?);
    emitter.put(Instruction::with1(push_cs, Register::CS)?);
    let call = emitter.open(Instruction::with_branch(code, 0)?, Reference::Branch);
    emitter.join();
    let end = Instruction::with(end);
    routines.push(Routine { call, end });
    Ok(())
}

/// Emits a return without a call.
fn push_and_return(emitter: &mut Emitter, home: u16) -> Result<()> {
    let end = match emitter.dice.below(3) {
        0 => Code::Retnw,
        1 => {
            emitter.put(Instruction::with1(Code::Push_imm16, u32::from(home))?);
            Code::Retfw
        }
        _ => {
            let flags = emitter.dice.u32() & FLAGS;
            emitter.put(Instruction::with1(Code::Push_imm16, flags)?);
            emitter.put(Instruction::with1(Code::Push_imm16, u32::from(home))?);
            Code::Iretw
        }
    };
    let there = emitter.open(Instruction::with1(Code::Push_imm16, 0)?, Reference::Offset);
    emitter.put(Instruction::with(end));
    emitter.close(there);
    Ok(())
}
