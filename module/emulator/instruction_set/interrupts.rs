// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! Interrupts that a program asks for, and the return from all.
//!
//! SDM vol. 1, "Software Interrupt Instructions".

use super::{
    super::{
        context::Then,
        exceptions::Exception::BoundRangeExceeded,
        flags::{
            OF,
            RF, //
        }, //
    },
    Bus,
    Execution,
    Operand,
    Outcome,
    Width, //
};

impl<B: Bus> Execution<'_, B> {
    /// `int` and its short forms. The handler comes first even where there is a trap to follow.
    pub(super) fn int(&mut self, vector: u8) -> Outcome<B> {
        self.then = Then::NextUntrapped;
        self.interrupt(vector)
    }

    pub(super) fn into(&mut self) -> Outcome<B> {
        match self.cpu.flag(OF) {
            true => self.int(4),
            false => Ok(()),
        }
    }

    pub(super) fn iret(&mut self) -> Outcome<B> {
        let size = self.prefixes.operand_size;
        let (offset, selector, flags) = (self.pop(size)?, self.pop(size)?, self.pop(size)?);
        self.cpu.load_flags(size, flags);
        // Of all instructions that load the flags, the only one that can set this.
        let resume = size == Width::Dword && u64::from(flags) & RF != 0;
        self.cpu.set_flag(RF, resume);
        Ok(self.cpu.jump_far(selector as u16, offset)?)
    }

    /// Checks a signed index against a lower and an upper bound, one after the other in memory.
    pub(super) fn bound(&mut self, index: Operand, bounds: Operand) -> Outcome<B> {
        let width = index.width();
        let address = bounds.address()?;
        let index = width.signed(self.read(index)?);
        let lower = width.signed(self.load(address, width)?);
        let upper = width.signed(self.load(address.plus(width.bytes()), width)?);
        if index < lower || index > upper {
            return Err(BoundRangeExceeded.into());
        }
        Ok(())
    }
}
