// SPDX-License-Identifier: MIT OR Apache-2.0

//! Jumps, loops, calls, interrupts and single steps.

use anyhow::Result;
use iced_x86::{Code, Instruction, Register};

use super::Flat;
use super::addresses::Target;
use crate::generator::emitter::Open;
use crate::generator::instructions::{DEFINITE, EMULATED, JUMPS, PORTS};
use crate::program::Reference;

/// A routine that is called, and its way to return.
pub struct Routine {
    call: Open,
    end: Instruction,
    times: u64,
}

/// The flags that POPF may set: ID, AC, IOPL, and those of arithmetic and control.
const FLAGS: u32 = 0x24_3ed5;
const TF: u32 = 1 << 8;

/// Cells of the program.
const COUNTER: u32 = 2;
const POINTER: u32 = 8;

impl Flat {
    /// Emits a jump forward, with the condition that it depends on.
    pub fn branch(&mut self) -> Result<()> {
        let code = match self.emitter.dice.below(6) {
            0 => self.code(Code::Jmp_rel32_32, Code::Jmp_rel32_64),
            _ => self.pick(&JUMPS),
        };
        let branch = self
            .emitter
            .open(Instruction::with_branch(code, 0)?, Reference::Branch);
        let times = std::mem::take(&mut self.emitter.times);
        self.straight(2)?;
        self.emitter.times = times;
        self.emitter.close(branch);
        Ok(())
    }

    /// Emits a loop with its counter in a cell.
    pub fn repeat(&mut self) -> Result<()> {
        let counter = self.cell(COUNTER);
        let count = 2 + self.emitter.dice.below(10);
        self.emitter.put(Instruction::with2(
            Code::Mov_rm8_imm8,
            counter,
            count as u32,
        )?);
        let top = self.emitter.join();
        self.emitter.times = count as u64;
        self.straight(6)?;
        match self.emitter.dice.below(6) {
            0 => self.branch()?,
            1 => self.one_of(&EMULATED, Target::Device)?,
            _ => self.straight(6)?,
        }
        self.emitter
            .put(Instruction::with1(Code::Dec_rm8, counter)?);
        let jump = self.code(Code::Jne_rel32_32, Code::Jne_rel32_64);
        self.emitter
            .line(Instruction::with_branch(jump, 0)?, Reference::Branch(top));
        self.emitter.times = 1;
        Ok(())
    }

    /// Emits a call, direct or indirect.
    pub fn call(&mut self, routines: &mut Vec<Routine>) -> Result<()> {
        let arguments = self.emitter.dice.below(3) as u32;
        for _ in 0..arguments {
            self.push()?;
        }
        let ret = self.code(Code::Retnd, Code::Retnq);
        let ret_imm = self.code(Code::Retnd_imm16, Code::Retnq_imm16);
        let end = match arguments {
            0 => Instruction::with(ret),
            count => Instruction::with1(ret_imm, count * self.mode.bits() / 8)?,
        };
        let through = self.code(Code::Call_rm32, Code::Call_rm64);
        let direct = self.code(Code::Call_rel32_32, Code::Call_rel32_64);
        let call = match self.emitter.dice.below(4) {
            0 => {
                let number = self.general();
                let load = Instruction::with2(Code::Mov_r32_imm32, Register::EAX + number, 0)?;
                let open = self.emitter.open(load, Reference::Offset);
                let register = self.wide(Register::EAX + number);
                self.emitter.put(Instruction::with1(through, register)?);
                open
            }
            1 => {
                let pointer = self.cell(POINTER);
                let store = Instruction::with2(Code::Mov_rm32_imm32, pointer, 0)?;
                let open = self.emitter.open(store, Reference::Offset);
                self.emitter.put(Instruction::with1(through, pointer)?);
                open
            }
            _ => self
                .emitter
                .open(Instruction::with_branch(direct, 0)?, Reference::Branch),
        };
        self.emitter.join();
        let times = self.emitter.times;
        routines.push(Routine { call, end, times });
        Ok(())
    }

    /// Emits the routines that a program calls.
    pub fn routines(&mut self, routines: Vec<Routine>) -> Result<()> {
        for routine in routines {
            self.emitter.close(routine.call);
            self.emitter.times = routine.times;
            self.straight(6)?;
            self.emitter.put(routine.end);
        }
        Ok(())
    }

    /// Emits a software interrupt whose handler returns at once.
    pub fn interrupt(&mut self) -> Result<()> {
        self.emitter.define_flags_if_needed();
        let vector = 32 + self.emitter.dice.below(224) as u32;
        let instruction = match self.emitter.dice.below(8) {
            0 => Instruction::with(Code::Int3),
            1 if self.mode.bits() == 32 => Instruction::with(Code::Into),
            _ => Instruction::with1(Code::Int_imm8, vector)?,
        };
        self.emitter.put(instruction);
        Ok(())
    }

    /// Emits a POPF, with flags that are pushed for it.
    pub fn set_flags(&mut self, trap: u32) -> Result<()> {
        let flags = self.emitter.dice.u32() & FLAGS | trap;
        let push = self.code(Code::Pushd_imm32, Code::Pushq_imm32);
        let pop = self.code(Code::Popfd, Code::Popfq);
        self.emitter.put(Instruction::with1(push, flags)?);
        self.emitter.put(Instruction::with(pop));
        Ok(())
    }

    /// Emits instructions that each cause a trap, up to the one
    /// that ends single-stepping. The engine emulates some of them.
    pub fn single_steps(&mut self) -> Result<()> {
        self.set_flags(TF)?;
        for _ in 0..1 + self.emitter.dice.below(4) {
            match self.emitter.dice.below(6) {
                0 => self.one_of(&PORTS, Target::Data)?,
                1 => self.emitter.put(Instruction::with(Code::Cpuid)),
                2 | 3 => self.one_of(&EMULATED, Target::Device)?,
                _ => self.one_of(&DEFINITE, Target::Data)?,
            }
        }
        self.set_flags(0)
    }

    fn push(&mut self) -> Result<()> {
        let value = self.emitter.dice.u32() as i32;
        let push = self.code(Code::Pushd_imm32, Code::Pushq_imm32);
        self.emitter.put(Instruction::with1(push, value)?);
        Ok(())
    }
}
