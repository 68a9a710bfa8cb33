// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! Jumps, calls and returns.
//!
//! SDM vol. 1, "Control Transfer Instructions".

use super::{
    super::registers::{
        SegmentRegister::Cs,
        CX, //
    },
    Bus,
    Execution,
    Operand,
    Outcome, //
};

impl<B: Bus> Execution<'_, B> {
    pub(super) fn jmp(&mut self, target: Operand) -> Outcome<B> {
        let target = self.read(target)?;
        Ok(self.cpu.jump(self.prefixes.operand_size, target)?)
    }

    pub(super) fn jmp_far(&mut self, target: Operand) -> Outcome<B> {
        let (selector, offset) = self.far_pointer(target)?;
        Ok(self.cpu.jump_far(selector, offset)?)
    }

    pub(super) fn jcc(&mut self, code: u8, target: Operand) -> Outcome<B> {
        if self.cpu.condition(code) {
            self.jmp(target)?;
        }
        Ok(())
    }

    /// `jcxz` and `jecxz`.
    pub(super) fn jcxz(&mut self, target: Operand) -> Outcome<B> {
        if self.cpu.register(self.prefixes.address_size, CX) == 0 {
            self.jmp(target)?;
        }
        Ok(())
    }

    /// Counts CX or ECX down, and jumps unless it is 0 or `condition` does not hold.
    pub(super) fn loop_while(&mut self, condition: bool, target: Operand) -> Outcome<B> {
        if self.count_down() != 0 && condition {
            self.jmp(target)?;
        }
        Ok(())
    }

    /// Takes one from CX or ECX, as the address size is, and returns what is left.
    pub(super) fn count_down(&mut self) -> u32 {
        let size = self.prefixes.address_size;
        let count = self.cpu.register(size, CX).wrapping_sub(1);
        self.cpu.set_register(size, CX, count);
        size.truncate(count)
    }

    pub(super) fn call(&mut self, target: Operand) -> Outcome<B> {
        let next = self.cpu.rip as u32;
        self.jmp(target)?;
        self.push(self.prefixes.operand_size, next)
    }

    pub(super) fn call_far(&mut self, target: Operand) -> Outcome<B> {
        let size = self.prefixes.operand_size;
        let (selector, next) = (self.cpu.segment(Cs).selector, self.cpu.rip as u32);
        self.jmp_far(target)?;
        self.push(size, selector.into())?;
        self.push(size, next)
    }

    /// Returns, and takes so many bytes of arguments from the stack.
    pub(super) fn ret(&mut self, arguments: Operand) -> Outcome<B> {
        let size = self.prefixes.operand_size;
        let offset = self.pop(size)?;
        let arguments = self.read(arguments)?;
        self.cpu.move_stack_pointer(arguments as i32);
        Ok(self.cpu.jump(size, offset)?)
    }

    pub(super) fn ret_far(&mut self, arguments: Operand) -> Outcome<B> {
        let size = self.prefixes.operand_size;
        let (offset, selector) = (self.pop(size)?, self.pop(size)?);
        let arguments = self.read(arguments)?;
        self.cpu.move_stack_pointer(arguments as i32);
        Ok(self.cpu.jump_far(selector as u16, offset)?)
    }
}
