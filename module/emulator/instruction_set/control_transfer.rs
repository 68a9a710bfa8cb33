// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! Jumps, calls and returns; software interrupts.
//!
//! SDM vol. 1, "Control Transfer Instructions" and "Software Interrupt Instructions".
//!
//! Counterparts: `em_jmp_far()`, `em_call()`, `em_ret()`, `em_iret()` and the like in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::{
    super::{
        exceptions::Exception::BoundRangeExceeded,
        flags::{
            OF,
            RF, //
        },
        registers::{
            SegmentRegister::Cs,
            CX, //
        }, //
    },
    Bus,
    Context,
    Operand,
    Stop,
    Width, //
};

// Jumps, calls and returns.

impl<B: Bus> Context<'_, B> {
    #[inline(always)]
    pub(super) fn jmp(&mut self, target: Operand) -> Result<(), Stop<B::Error>> {
        let target = self.read_operand(target)?;
        Ok(self.cpu.jump(self.operand_size(), target)?)
    }

    pub(super) fn jmp_far(&mut self, target: Operand) -> Result<(), Stop<B::Error>> {
        let (selector, offset) = self.far_pointer(target)?;
        self.fetch_next = true;
        Ok(self.cpu.jump_far(selector, offset)?)
    }

    #[inline(always)]
    pub(super) fn jcc(&mut self, code: u8, target: Operand) -> Result<(), Stop<B::Error>> {
        if self.cpu.condition(code) {
            self.jmp(target)?;
        }
        Ok(())
    }

    /// `jcxz` and `jecxz`.
    pub(super) fn jcxz(&mut self, target: Operand) -> Result<(), Stop<B::Error>> {
        if self.count() == 0 {
            self.jmp(target)?;
        }
        Ok(())
    }

    /// Decrements CX or ECX, and jumps if it is not 0 and `condition` holds.
    pub(super) fn loop_while(
        &mut self,
        condition: bool,
        target: Operand,
    ) -> Result<(), Stop<B::Error>> {
        if self.count() != 1 && condition {
            self.jmp(target)?;
        }
        self.count_down();
        Ok(())
    }

    /// Returns CX or ECX, depending on the address size.
    pub(super) fn count(&self) -> u32 {
        self.cpu.register(self.address_size(), CX)
    }

    pub(super) fn count_down(&mut self) {
        let count = self.count().wrapping_sub(1);
        self.cpu.set_register(self.address_size(), CX, count);
    }

    pub(super) fn call(&mut self, target: Operand) -> Result<(), Stop<B::Error>> {
        let next = self.cpu.rip as u32;
        self.jmp(target)?;
        self.push(self.operand_size(), next)
    }

    pub(super) fn call_far(&mut self, target: Operand) -> Result<(), Stop<B::Error>> {
        let size = self.operand_size();
        let (caller, next) = (self.cpu.segment(Cs).selector, self.cpu.rip as u32);
        let (selector, offset) = self.far_pointer(target)?;
        self.cpu.jump(Width::Dword, offset)?;
        self.push(size, caller.into())?;
        self.push(size, next)?;
        self.cpu.load_segment(Cs, selector);
        Ok(())
    }

    /// Returns from a call, and removes this many bytes of arguments from the stack.
    pub(super) fn ret(&mut self, arguments: Operand) -> Result<(), Stop<B::Error>> {
        let size = self.operand_size();
        let offset = self.pop(size)?;
        let arguments = self.read_operand(arguments)?;
        self.cpu.move_stack_pointer(arguments as i32);
        Ok(self.cpu.jump(size, offset)?)
    }

    pub(super) fn ret_far(&mut self, arguments: Operand) -> Result<(), Stop<B::Error>> {
        let size = self.operand_size();
        let (offset, selector) = (self.pop(size)?, self.pop(size)?);
        let arguments = self.read_operand(arguments)?;
        self.cpu.move_stack_pointer(arguments as i32);
        Ok(self.cpu.jump_far(selector as u16, offset)?)
    }
}

// Software interrupts, and the return from any interrupt.

impl<B: Bus> Context<'_, B> {
    /// `int` and its short forms. They suppress the single-step trap: the handler comes first.
    pub(super) fn int(&mut self, vector: u8) -> Result<(), Stop<B::Error>> {
        self.no_trap = true;
        self.emulate_int_real(vector)
    }

    pub(super) fn int3(&mut self) -> Result<(), Stop<B::Error>> {
        match self.bus().intercepts_int3() {
            true => Err(Stop::Breakpoint),
            false => self.int(3),
        }
    }

    pub(super) fn into(&mut self) -> Result<(), Stop<B::Error>> {
        match self.cpu.flag(OF) {
            true => self.int(4),
            false => Ok(()),
        }
    }

    pub(super) fn iret(&mut self) -> Result<(), Stop<B::Error>> {
        let size = self.operand_size();
        let (offset, selector, flags) = (self.pop(size)?, self.pop(size)?, self.pop(size)?);
        self.cpu.load_flags(size, flags);
        // No other instruction that loads the flags can set RF.
        let resume = size == Width::Dword && u64::from(flags) & RF != 0;
        self.cpu.set_flag(RF, resume);
        self.cpu.jump_far(selector as u16, offset)?;
        self.bus().unmask_nmis();
        Ok(())
    }

    /// Checks a signed index against two bounds in memory: the lower one, then the upper one.
    pub(super) fn bound(&mut self, index: Operand, bounds: Operand) -> Result<(), Stop<B::Error>> {
        let width = index.width();
        let address = self.place(bounds)?;
        let index = width.signed(self.read_operand(index)?);
        let lower = width.signed(self.segmented_read(address, width)?);
        let upper = width.signed(self.segmented_read(address.plus(width.bytes()), width)?);
        if index < lower || index > upper {
            return Err(BoundRangeExceeded.into());
        }
        Ok(())
    }
}
