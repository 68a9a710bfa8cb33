// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! Memory, by segment and offset; and the stack, which is memory by SS and SP.
//!
//! SDM vol. 1, "Memory Organization" and "Stacks".

use super::{
    abort::{
        Abort,
        Outcome, //
    },
    bus::Bus,
    context::Execution,
    cpu::Cpu,
    exceptions::Exception,
    registers::{
        SegmentRegister,
        SP, //
    },
    width::Width, //
};

/// Where an operand is in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) segment: SegmentRegister,
    pub(super) offset: u32,
}

impl Address {
    /// The address some bytes further on.
    pub(super) fn plus(self, bytes: u32) -> Self {
        Address {
            offset: self.offset.wrapping_add(bytes),
            ..self
        }
    }
}

impl Cpu {
    /// What the bus calls an address, provided that so many bytes from there are in the segment.
    pub(super) fn linear(&self, address: Address, bytes: u32) -> Result<u32, Exception> {
        let segment = self.segment(address.segment);
        match address.offset.checked_add(bytes - 1) {
            Some(last) if last <= segment.limit => Ok(segment.base.wrapping_add(address.offset)),
            _ if address.segment == SegmentRegister::Ss => Err(Exception::StackFault),
            _ => Err(Exception::GeneralProtection),
        }
    }

    /// Whether the stack pointer is SP or ESP.
    pub(super) fn stack_width(&self) -> Width {
        if self.segment(SegmentRegister::Ss).db {
            Width::Dword
        } else {
            Width::Word
        }
    }

    /// The stack pointer.
    pub(super) fn stack_pointer(&self) -> u32 {
        self.register(self.stack_width(), SP)
    }

    /// Moves the stack pointer up, or with a negative number down.
    pub(super) fn move_stack_pointer(&mut self, bytes: i32) {
        let pointer = self.stack_pointer().wrapping_add_signed(bytes);
        self.set_register(self.stack_width(), SP, pointer);
    }

    /// The top of the stack.
    pub(super) fn stack_top(&self) -> Address {
        Address {
            segment: SegmentRegister::Ss,
            offset: self.stack_pointer(),
        }
    }
}

impl<B: Bus> Execution<'_, B> {
    pub(super) fn load_linear(&mut self, address: u32, width: Width) -> Outcome<B, u32> {
        let mut data = [0; 4];
        self.bus
            .read(address, width.of(&mut data))
            .map_err(Abort::bus)?;
        Ok(u32::from_le_bytes(data))
    }

    pub(super) fn load(&mut self, address: Address, width: Width) -> Outcome<B, u32> {
        let address = self.cpu.linear(address, width.bytes())?;
        self.load_linear(address, width)
    }

    /// What is no number: so many bytes at once.
    pub(super) fn load_bytes(&mut self, address: Address, data: &mut [u8]) -> Outcome<B> {
        let address = self.cpu.linear(address, data.len() as u32)?;
        self.bus.read(address, data).map_err(Abort::bus)
    }

    pub(super) fn store_bytes(&mut self, address: Address, data: &[u8]) -> Outcome<B> {
        let address = self.cpu.linear(address, data.len() as u32)?;
        self.bus.write(address, data).map_err(Abort::bus)
    }

    pub(super) fn store(&mut self, address: Address, width: Width, value: u32) -> Outcome<B> {
        let address = self.cpu.linear(address, width.bytes())?;
        self.bus
            .write(address, width.of(&mut value.to_le_bytes()))
            .map_err(Abort::bus)
    }

    pub(super) fn push(&mut self, width: Width, value: u32) -> Outcome<B> {
        self.cpu.move_stack_pointer(-(width.bytes() as i32));
        self.store(self.cpu.stack_top(), width, value)
    }

    pub(super) fn pop(&mut self, width: Width) -> Outcome<B, u32> {
        let value = self.load(self.cpu.stack_top(), width)?;
        self.cpu.move_stack_pointer(width.bytes() as i32);
        Ok(value)
    }
}
