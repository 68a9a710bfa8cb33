// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! The bytes of an instruction, fetched when they are needed.

use super::{
    abort::{
        Abort,
        Outcome, //
    },
    bus::Bus,
    context::Execution,
    exceptions::Exception,
    registers::SegmentRegister::Cs,
    segmented::Address,
    width::Width, //
};

/// The bytes of one instruction.
#[derive(Default)]
pub(crate) struct Code {
    /// No instruction is longer, whatever prefixes it has.
    pub(crate) bytes: [u8; 15],
    /// How many of them have come from memory.
    pub(crate) fetched: usize,
    /// How many of those the decoder has had.
    pub(crate) used: usize,
}

impl<B: Bus> Execution<'_, B> {
    /// The next byte of the instruction.
    pub(crate) fn next_byte(&mut self) -> Outcome<B, u8> {
        if self.code.used == self.code.fetched {
            self.fetch()?;
        }
        let byte = self.code.bytes.get(self.code.used);
        let byte = *byte.ok_or(Exception::GeneralProtection)?;
        self.code.used += 1;
        Ok(byte)
    }

    /// The next bytes of the instruction: a number of this width.
    pub(crate) fn next_number(&mut self, width: Width) -> Outcome<B, u32> {
        let mut number = [0; 4];
        for byte in width.of(&mut number) {
            *byte = self.next_byte()?;
        }
        Ok(u32::from_le_bytes(number))
    }

    /// The next bytes of the instruction: a signed number of this width, made 32 bits wide.
    pub(crate) fn next_signed(&mut self, width: Width) -> Outcome<B, u32> {
        Ok(width.signed(self.next_number(width)?) as u32)
    }

    /// Asks for as much as may still belong to the instruction: as a rule, once is enough.
    fn fetch(&mut self) -> Outcome<B> {
        let room = self.code.bytes.get_mut(self.code.fetched..);
        let room = room.filter(|room| !room.is_empty());
        let room = room.ok_or(Exception::GeneralProtection)?;

        let first = Address {
            segment: Cs,
            offset: (self.cpu.rip as u32).wrapping_add(self.code.fetched as u32),
        };
        let address = self.cpu.linear(first, 1)?;
        // `first` is in the segment, so this does not wrap.
        let in_segment = (self.cpu.segment(Cs).limit - first.offset) as usize + 1;
        let wanted = room.len().min(in_segment);

        let count = self.bus.fetch(address, &mut room[..wanted]);
        self.code.fetched += count.map_err(Abort::bus)?.min(wanted);
        Ok(())
    }
}
