// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! Stack frames of procedures.
//!
//! SDM vol. 1, "ENTER and LEAVE Instructions" and "Procedure Calls for Block-Structured
//! Languages".

use super::{
    super::{
        registers::{
            SegmentRegister::Ss,
            BP,
            SP, //
        },
        segmented::Address, //
    },
    Bus,
    Execution,
    Operand,
    Outcome, //
};

impl<B: Bus> Execution<'_, B> {
    /// Makes a frame, in which the frames of the enclosing procedures can be found if `level`
    /// is not 0.
    pub(super) fn enter(&mut self, locals: Operand, level: Operand) -> Outcome<B> {
        let size = self.prefixes.operand_size;
        let stack_width = self.cpu.stack_width();
        let (locals, level) = (self.read(locals)?, self.read(level)? & 31);

        self.push(size, self.cpu.register(size, BP))?;
        let frame = self.cpu.register(size, SP);
        for above in 1..level {
            let base = self.cpu.register(stack_width, BP);
            let offset = base.wrapping_sub(above * size.bytes());
            let address = Address {
                segment: Ss,
                offset: stack_width.truncate(offset),
            };
            let pointer = self.load(address, size)?;
            self.push(size, pointer)?;
        }
        if level > 0 {
            self.push(size, frame)?;
        }
        self.cpu.set_register(size, BP, frame);
        self.cpu.move_stack_pointer(-(locals as i32));
        Ok(())
    }

    pub(super) fn leave(&mut self) -> Outcome<B> {
        let (size, stack_width) = (self.prefixes.operand_size, self.cpu.stack_width());
        let frame = self.cpu.register(stack_width, BP);
        self.cpu.set_register(stack_width, SP, frame);
        let enclosing = self.pop(size)?;
        self.cpu.set_register(size, BP, enclosing);
        Ok(())
    }
}
