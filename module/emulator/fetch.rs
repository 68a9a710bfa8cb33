// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! The bytes of an instruction, fetched on demand.
//!
//! Counterparts: `struct fetch_cache` in
//! [`arch/x86/kvm/kvm_emulate.h`](srctree/arch/x86/kvm/kvm_emulate.h), `__do_insn_fetch_bytes()` in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::{
    bus::Bus,
    cpu::Cpu,
    decode::Decoder,
    exceptions::Exception::GeneralProtection,
    registers::SegmentRegister::Cs,
    segmented::SegmentedAddress,
    stop::Stop,
    width::Width, //
};

/// The maximum length of an instruction, including its prefixes.
const MAX_INSTRUCTION: usize = 15;
const PAGE_SIZE: u32 = 4096;

/// The bytes of one instruction.
#[derive(Default)]
pub struct FetchCache {
    pub(super) data: [u8; MAX_INSTRUCTION],
    /// How many of them have been fetched.
    pub(super) end: usize,
    /// How many of those the decoder has taken.
    pub(super) position: usize,
}

impl FetchCache {
    /// Drops all bytes, for another instruction.
    pub fn clear(&mut self) {
        self.end = 0;
        self.position = 0;
    }

    /// Stores the bytes that another decoder has fetched.
    pub fn show(&mut self, bytes: &[u8]) {
        self.end = bytes.len().min(MAX_INSTRUCTION);
        self.data
            .iter_mut()
            .zip(bytes)
            .for_each(|(to, from)| *to = *from);
    }

    /// Returns the fetched bytes. They may extend beyond the end of the instruction.
    pub fn bytes(&self) -> &[u8] {
        &self.data[..self.end]
    }

    /// Fetches as much as KVM would, because KVM shows it to userspace: up to the maximum length,
    /// or to the end of the page.
    pub(super) fn fetch_the_rest<B: Bus>(&mut self, cpu: &Cpu, bus: &mut B) {
        let next = cpu.segment(Cs).base.wrapping_add(cpu.rip as u32);
        if !next.wrapping_add(self.end as u32).is_multiple_of(PAGE_SIZE) {
            // Bytes that cannot be fetched are not shown.
            let _ = self.insn_fetch_bytes(cpu, bus);
        }
    }

    /// Fetches more bytes that may belong to the instruction.
    pub(super) fn insn_fetch_bytes<B: Bus>(
        &mut self,
        cpu: &Cpu,
        bus: &mut B,
    ) -> Result<(), Stop<B::Error>> {
        let end = self.end;
        let first = SegmentedAddress {
            segment: Cs,
            offset: (cpu.rip as u32).wrapping_add(end as u32),
        };
        let address = cpu.linearize(first, 1)?;
        // `first` is in the segment, so this does not wrap.
        let in_segment = (cpu.segment(Cs).limit - first.offset) as usize + 1;
        let wanted = in_segment.min(MAX_INSTRUCTION - end);
        if wanted == 0 {
            return Err(GeneralProtection.into());
        }
        let count = bus.fetch(address, &mut self.data[end..end + wanted]);
        self.end += count?.min(wanted);
        Ok(())
    }
}

impl<B: Bus> Decoder<'_, B> {
    /// Takes the next byte of the instruction.
    pub(super) fn next_byte(&mut self) -> Result<u8, Stop<B::Error>> {
        if self.fetch.position == self.fetch.end {
            self.fetch.insn_fetch_bytes(self.cpu, self.bus)?;
        }
        let byte = self.fetch.data.get(self.fetch.position);
        let byte = *byte.ok_or(GeneralProtection)?;
        self.fetch.position += 1;
        Ok(byte)
    }

    /// Takes the next bytes of the instruction, as a number of this width.
    pub(super) fn next_number(&mut self, width: Width) -> Result<u32, Stop<B::Error>> {
        let mut number = [0; 4];
        for byte in width.of(&mut number) {
            *byte = self.next_byte()?;
        }
        Ok(u32::from_le_bytes(number))
    }

    /// Takes the next bytes as a signed number of this width, and extends it to 32 bits.
    pub(super) fn next_signed(&mut self, width: Width) -> Result<u32, Stop<B::Error>> {
        Ok(width.signed(self.next_number(width)?) as u32)
    }
}
