// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! `push` and `pop`.
//!
//! SDM vol. 1, "Stack Manipulation Instructions".

use super::{
    super::registers::{
        AX,
        DI,
        SP, //
    },
    Bus,
    Execution,
    Operand,
    Outcome,
    Width, //
};

impl<B: Bus> Execution<'_, B> {
    pub(super) fn push_operand(&mut self, source: Operand) -> Outcome<B> {
        let value = self.read(source)?;
        self.push(self.prefixes.operand_size, value)
    }

    pub(super) fn pop_operand(&mut self, destination: Operand) -> Outcome<B> {
        let size = self.prefixes.operand_size;
        let value = match destination {
            // Of 32 bits, the upper 16 are not even read.
            Operand::Segment(_) => {
                let selector = self.load(self.cpu.stack_top(), Width::Word)?;
                self.cpu.move_stack_pointer(size.bytes() as i32);
                selector
            }
            _ => self.pop(size)?,
        };
        self.write(destination, value)
    }

    /// SP is pushed as it was before.
    pub(super) fn pusha(&mut self) -> Outcome<B> {
        let size = self.prefixes.operand_size;
        let stack_pointer = self.cpu.register(size, SP);
        for number in AX..=DI {
            let value = match number {
                SP => stack_pointer,
                _ => self.cpu.register(size, number),
            };
            self.push(size, value)?;
        }
        Ok(())
    }

    /// What would be SP is left out.
    pub(super) fn popa(&mut self) -> Outcome<B> {
        let size = self.prefixes.operand_size;
        for number in (AX..=DI).rev() {
            if number == SP {
                self.cpu.move_stack_pointer(size.bytes() as i32);
            } else {
                let value = self.pop(size)?;
                self.cpu.set_register(size, number, value);
            }
        }
        Ok(())
    }
}
