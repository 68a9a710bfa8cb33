// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! `in` and `out`, and their string forms: the instructions that end in `KVM_EXIT_IO`.
//!
//! Counterparts: `em_in()`, `em_out()` and `pio_in_emulated()` in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c); SDM vol. 1, "I/O Instructions".

use super::{
    bus::Bus,
    context::Context,
    flags::DF,
    operand::Operand,
    registers::{
        CX,
        DI, //
    },
    stop::Stop,
    width::Width, //
};

const PAGE_SIZE: u32 = 4096;
/// The maximum number of bytes that KVM reads from a port at once.
const READ_AHEAD: u32 = 1024;

impl<B: Bus> Context<'_, B> {
    pub(super) fn em_in(&mut self, dst: Operand, port: Operand) -> Result<(), Stop<B::Error>> {
        let port = self.read_operand(port)? as u16;
        let mut data = [0; 4];
        let value = dst.width().of(&mut data);
        self.bus().pio_in_emulated(port, value)?;
        self.write_operand(dst, u32::from_le_bytes(data))
    }

    // ANCHOR: output
    pub(super) fn em_out(&mut self, port: Operand, src: Operand) -> Result<(), Stop<B::Error>> {
        let port = self.read_operand(port)? as u16;
        let mut data = self.read_operand(src)?.to_le_bytes();
        let value = src.width().of(&mut data);
        self.bus().pio_out_emulated(port, value)
    }
    // ANCHOR_END: output

    pub(super) fn ins(&mut self, dst: Operand, port: Operand) -> Result<(), Stop<B::Error>> {
        let width = dst.width();
        // Check first: a value from a port would be lost if it could not be stored.
        let place = self.place(dst)?;
        self.cpu.linearize(place, width.bytes())?;
        let port = self.read_operand(port)? as u16;
        let count = self.read_ahead(width);
        let mut data = [0; 4];
        let value = width.of(&mut data);
        self.bus().pio_in_string(port, value, count)?;
        self.write_operand(dst, u32::from_le_bytes(data))
    }

    pub(super) fn outs(&mut self, port: Operand, src: Operand) -> Result<(), Stop<B::Error>> {
        let port = self.read_operand(port)? as u16;
        let mut data = self.read_operand(src)?.to_le_bytes();
        let value = src.width().of(&mut data);
        self.bus().pio_out_string(port, value);
        Ok(())
    }

    /// Returns how many values a repeated `ins` may read at once. Like KVM's `pio_in_emulated()`,
    /// it uses the number of bytes left in the page as if it were a number of values.
    fn read_ahead(&self, width: Width) -> u32 {
        if self.instruction.prefixes.repeat.is_none() {
            return 1;
        }
        let in_page = self.cpu.register(Width::Dword, DI) % PAGE_SIZE;
        let in_page = match self.cpu.flag(DF) {
            true => in_page,
            false => PAGE_SIZE - in_page,
        };
        let count = self.cpu.register(self.address_size(), CX);
        count.min(in_page).min(READ_AHEAD / width.bytes()).max(1)
    }
}
