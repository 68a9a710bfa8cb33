// SPDX-License-Identifier: MIT OR Apache-2.0

//! The sequence of blocks.

use anyhow::Result;
use iced_x86::{Code, OpCodeOperandKind};

use super::Flat;
use super::addresses::Target;
use super::control::Routine;
use crate::generator::instructions::{ANYWHERE, Class, FLAT_STACK, SYSTEM, WIDE_MOVES};

impl Flat {
    /// Emits the body of a program.
    pub fn body(&mut self, routines: &mut Vec<Routine>) -> Result<()> {
        let lines = 60 + self.emitter.dice.below(100);
        while self.emitter.lines.len() < lines {
            self.block(routines)?;
        }
        Ok(())
    }

    /// Emits a block of any kind.
    fn block(&mut self, routines: &mut Vec<Routine>) -> Result<()> {
        match self.emitter.dice.below(32) {
            0..3 => self.branch(),
            3..8 => self.repeat(),
            8..10 => self.call(routines),
            10 => self.interrupt(),
            11 => self.set_flags(0),
            12 => self.single_steps(),
            13..16 => self.fault(),
            16..19 => self.device(),
            19..21 => self.strings(),
            21 => self.ports(),
            22 if self.emitter.dice.once_in(2) => self.halt(),
            23..25 => self.system(),
            25 => self.stack(),
            _ => self.straight(6),
        }
    }

    /// Emits up to `most` instructions in a row.
    pub fn straight(&mut self, most: usize) -> Result<()> {
        for _ in 0..1 + self.emitter.dice.below(most) {
            let class = self.class();
            self.one_of(class, Target::Data)?;
        }
        Ok(())
    }

    fn class(&mut self) -> &'static Class {
        let dice = &mut self.emitter.dice;
        if self.mode.bits() == 64 && dice.once_in(6) {
            return &WIDE_MOVES;
        }
        let classes = ANYWHERE
            .iter()
            .filter(|(_, class)| !std::ptr::eq(*class, &SYSTEM));
        let mut chosen = dice.below(classes.clone().map(|(weight, _)| weight).sum());
        for (weight, class) in classes {
            if chosen < *weight {
                return class;
            }
            chosen -= weight;
        }
        &WIDE_MOVES
    }

    /// Emits an instruction of a class, after those that it needs.
    pub fn one_of(&mut self, class: &'static Class, target: Target) -> Result<()> {
        let code = self.pick(class);
        let instruction = self.instruction(code, target)?;
        self.emitter.put(instruction);
        Ok(())
    }

    /// Returns an encoding of a class. None loads a segment register.
    pub fn pick(&mut self, class: &'static Class) -> Code {
        loop {
            let dice = &mut self.emitter.dice;
            let codes = class.mnemonic_in(self.mode.bits(), |count| dice.below(count));
            let code = dice.pick(codes);
            let op_code = code.op_code();
            use OpCodeOperandKind::{ds, es, fs, gs, seg_reg, ss};
            let first = op_code.op_kinds().first();
            let loads = matches!(first, Some(seg_reg | es | ss | ds | fs | gs))
                && !format!("{code:?}").starts_with("Push");
            // Of 16 bits, the stack would not stay aligned; nothing else is amiss with it.
            if !loads {
                return code;
            }
        }
    }

    /// Emits instructions that use the stack.
    fn stack(&mut self) -> Result<()> {
        for _ in 0..1 + self.emitter.dice.below(4) {
            self.one_of(&FLAT_STACK, Target::Data)?;
        }
        Ok(())
    }
}
