// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! Ports.
//!
//! SDM vol. 1, "I/O Instructions".

use super::{
    bus::Bus,
    context::Context,
    flags::DF,
    operand::{
        Operand,
        Width, //
    },
    registers::{
        CX,
        DI, //
    },
    stop::Stop, //
};

const PAGE_SIZE: u32 = 4096;
/// How many bytes KVM reads from a port in advance, at most.
const READ_AHEAD: u32 = 1024;

impl<B: Bus> Context<'_, B> {
    pub(super) fn input(
        &mut self,
        destination: Operand,
        port: Operand,
    ) -> Result<(), Stop<B::Error>> {
        let port = self.read_operand(port)? as u16;
        let mut data = [0; 4];
        let value = destination.width().of(&mut data);
        self.bus.pio_in_emulated(port, value)?;
        self.write_operand(destination, u32::from_le_bytes(data))
    }

    // ANCHOR: output
    pub(super) fn output(&mut self, port: Operand, source: Operand) -> Result<(), Stop<B::Error>> {
        let port = self.read_operand(port)? as u16;
        let mut data = self.read_operand(source)?.to_le_bytes();
        let value = source.width().of(&mut data);
        self.bus.pio_out_emulated(port, value)
    }
    // ANCHOR_END: output

    pub(super) fn ins(
        &mut self,
        destination: Operand,
        port: Operand,
    ) -> Result<(), Stop<B::Error>> {
        let width = destination.width();
        // What is read from a port is lost if it cannot be stored.
        self.cpu.linearize(destination.address()?, width.bytes())?;
        let port = self.read_operand(port)? as u16;
        let count = self.ahead(width);
        let mut data = [0; 4];
        let value = width.of(&mut data);
        self.bus.pio_in_string(port, value, count)?;
        self.write_operand(destination, u32::from_le_bytes(data))
    }

    pub(super) fn outs(&mut self, port: Operand, source: Operand) -> Result<(), Stop<B::Error>> {
        let port = self.read_operand(port)? as u16;
        let mut data = self.read_operand(source)?.to_le_bytes();
        let value = source.width().of(&mut data);
        self.bus.pio_out_string(port, value);
        Ok(())
    }

    /// How many values a repeated `ins` may read at once, as `pio_in_emulated()` has it in KVM.
    /// It takes the bytes that are left of the page for a number of values.
    fn ahead(&self, width: Width) -> u32 {
        if self.prefixes.repeat.is_none() {
            return 1;
        }
        let in_page = self.cpu.register(Width::Dword, DI) % PAGE_SIZE;
        let in_page = match self.cpu.flag(DF) {
            true => in_page,
            false => PAGE_SIZE - in_page,
        };
        let count = self.cpu.register(self.prefixes.address_size, CX);
        count.min(in_page).min(READ_AHEAD / width.bytes()).max(1)
    }
}
