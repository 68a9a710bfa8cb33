// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! Memory by segment and offset, and the stack, which is memory at SS:SP.
//!
//! Counterparts: `linearize()`, `segmented_read()`, `segmented_write()`, `push()` and
//! `emulate_pop()` in [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).
//!
//! SDM vol. 1, "Memory Organization" and "Stacks".

use super::{
    bus::Bus,
    context::Context,
    cpu::Cpu,
    exceptions::Exception,
    registers::{
        SegmentRegister,
        DI,
        SP, //
    },
    stop::Stop,
    width::Width, //
};

/// The location of an operand in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SegmentedAddress {
    pub(super) segment: SegmentRegister,
    pub(super) offset: u32,
}

impl SegmentedAddress {
    /// Returns the address that is some bytes further on.
    pub(super) fn plus(self, bytes: u32) -> Self {
        SegmentedAddress {
            offset: self.offset.wrapping_add(bytes),
            ..self
        }
    }
}

impl Cpu {
    /// Returns the linear address, if the segment contains this many bytes from there.
    pub(super) fn linearize(
        &self,
        address: SegmentedAddress,
        bytes: u32,
    ) -> Result<u32, Exception> {
        let segment = self.segment(address.segment);
        match address.offset.checked_add(bytes - 1) {
            Some(last) if last <= segment.limit => Ok(segment.base.wrapping_add(address.offset)),
            _ if address.segment == SegmentRegister::Ss => Err(Exception::StackFault),
            _ => Err(Exception::GeneralProtection),
        }
    }

    /// Returns the width of the stack pointer: SP or ESP.
    pub(super) fn stack_width(&self) -> Width {
        if self.segment(SegmentRegister::Ss).db {
            Width::Dword
        } else {
            Width::Word
        }
    }

    /// Returns the stack pointer.
    pub(super) fn stack_pointer(&self) -> u32 {
        self.register(self.stack_width(), SP)
    }

    /// Moves the stack pointer up; a negative number moves it down.
    pub(super) fn move_stack_pointer(&mut self, bytes: i32) {
        let pointer = self.stack_pointer().wrapping_add_signed(bytes);
        self.set_register(self.stack_width(), SP, pointer);
    }

    /// Returns the address of the top of the stack.
    pub(super) fn stack_top(&self) -> SegmentedAddress {
        SegmentedAddress {
            segment: SegmentRegister::Ss,
            offset: self.stack_pointer(),
        }
    }
}

impl<B: Bus> Context<'_, B> {
    /// Returns the address of the memory operand, computed from the registers at the first call. If
    /// the instruction is atomic, locks the bus first.
    pub(super) fn memory(&mut self) -> SegmentedAddress {
        if let Some(address) = self.address {
            return address;
        }
        if self.instruction.prefixes.lock {
            self.bus().lock();
        }
        let address = self.cpu.effective_address(&self.instruction.address);
        *self.address.insert(address)
    }

    /// Moves the memory operand by some bytes.
    pub(super) fn move_memory(&mut self, distance: i32) {
        let memory = self.memory();
        let offset = memory.offset.wrapping_add_signed(distance);
        let offset = self.address_size().truncate(offset);
        self.address = Some(SegmentedAddress { offset, ..memory });
    }

    #[inline(always)]
    pub(super) fn read_memory(&mut self, width: Width) -> Result<u32, Stop<B::Error>> {
        let address = self.memory();
        self.segmented_read(address, width)
    }

    #[inline(always)]
    pub(super) fn write_memory(&mut self, width: Width, value: u32) -> Result<(), Stop<B::Error>> {
        let address = self.memory();
        self.segmented_write(address, width, value)
    }

    /// Returns ES:DI. A prefix does not change the segment.
    pub(super) fn string_destination(&self) -> SegmentedAddress {
        SegmentedAddress {
            segment: SegmentRegister::Es,
            offset: self.cpu.register(self.address_size(), DI),
        }
    }

    #[inline(always)]
    pub(super) fn linear_read<const N: usize>(
        &mut self,
        address: u32,
    ) -> Result<[u8; N], Stop<B::Error>> {
        let mut data = [0; N];
        self.bus().read_emulated(address, &mut data)?;
        Ok(data)
    }

    #[inline(always)]
    pub(super) fn segmented_read_bytes<const N: usize>(
        &mut self,
        address: SegmentedAddress,
    ) -> Result<[u8; N], Stop<B::Error>> {
        self.linear_read(self.cpu.linearize(address, N as u32)?)
    }

    #[inline(always)]
    pub(super) fn segmented_write_bytes<const N: usize>(
        &mut self,
        address: SegmentedAddress,
        data: [u8; N],
    ) -> Result<(), Stop<B::Error>> {
        let address = self.cpu.linearize(address, N as u32)?;
        self.bus().write_emulated(address, &data)
    }

    pub(super) fn segmented_read(
        &mut self,
        address: SegmentedAddress,
        width: Width,
    ) -> Result<u32, Stop<B::Error>> {
        match width {
            Width::Byte => self.read_number::<1>(address),
            Width::Word => self.read_number::<2>(address),
            Width::Dword => self.read_number::<4>(address),
        }
    }

    #[inline(never)]
    fn read_number<const N: usize>(
        &mut self,
        address: SegmentedAddress,
    ) -> Result<u32, Stop<B::Error>> {
        let address = self.cpu.linearize(address, N as u32)?;
        let mut data = [0; 4];
        self.bus().read_emulated(address, &mut data[..N])?;
        Ok(u32::from_le_bytes(data))
    }

    pub(super) fn segmented_write(
        &mut self,
        address: SegmentedAddress,
        width: Width,
        value: u32,
    ) -> Result<(), Stop<B::Error>> {
        match width {
            Width::Byte => self.write_number::<1>(address, value),
            Width::Word => self.write_number::<2>(address, value),
            Width::Dword => self.write_number::<4>(address, value),
        }
    }

    #[inline(never)]
    fn write_number<const N: usize>(
        &mut self,
        address: SegmentedAddress,
        value: u32,
    ) -> Result<(), Stop<B::Error>> {
        let address = self.cpu.linearize(address, N as u32)?;
        self.bus()
            .write_emulated(address, &value.to_le_bytes()[..N])
    }

    pub(super) fn push(&mut self, width: Width, value: u32) -> Result<(), Stop<B::Error>> {
        self.cpu.move_stack_pointer(-(width.bytes() as i32));
        self.segmented_write(self.cpu.stack_top(), width, value)
    }

    pub(super) fn pop(&mut self, width: Width) -> Result<u32, Stop<B::Error>> {
        let value = self.segmented_read(self.cpu.stack_top(), width)?;
        self.cpu.move_stack_pointer(width.bytes() as i32);
        Ok(value)
    }
}
