// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`DecodeCache`]: instructions that need not be decoded again.
//!
//! It is searched for the bytes that are in memory now, so it is never out of date: whoever writes
//! code, be it the guest, another vCPU or userspace, need not tell it.

use super::{
    bus::Bus,
    cpu::Cpu,
    decode::{
        Decoder,
        Instruction, //
    },
    fetch::FetchCache,
    instruction_set::{
        Operation,
        Prefixes, //
    },
    operand::Operand,
    registers::SegmentRegister::Cs,
    segmented::SegmentedAddress,
    stop::Stop, //
};

/// How many instructions are kept: a loop or two.
const SIZE: usize = 64;

/// What was fetched last, and what was decoded.
pub struct DecodeCache {
    /// The bytes of the instruction under way.
    pub fetch: FetchCache,
    /// Each instruction has its place here, by where it is in memory.
    pub entries: [Decoded; SIZE],
}

/// An instruction of up to eight bytes: those bits of a number that `mask` has.
#[derive(Clone, Copy)]
pub struct Decoded {
    bytes: u64,
    mask: u64,
    /// CS.D/B, on which depends what the bytes mean.
    db: bool,
    instruction: Instruction,
}

impl Default for DecodeCache {
    fn default() -> Self {
        DecodeCache {
            fetch: FetchCache::default(),
            entries: [Decoded::NONE; SIZE],
        }
    }
}

impl DecodeCache {
    // ANCHOR: decode
    /// The instruction at CS:IP.
    #[inline]
    pub(super) fn decode<B: Bus>(
        &mut self,
        cpu: &Cpu,
        bus: &mut B,
    ) -> Result<&Instruction, Stop<B::Error>> {
        let first = self.fetch.fetch_first(cpu, bus)?;
        let db = cpu.segment(Cs).db;
        let entry = &mut self.entries[cpu.rip as usize % SIZE];
        if !first.is_some_and(|first| first & entry.mask == entry.bytes && db == entry.db) {
            let instruction = Decoder::new(cpu, bus, &mut self.fetch).decode()?;
            *entry = Decoded::new(first, db, instruction);
        }
        Ok(&entry.instruction)
    }
    // ANCHOR_END: decode
}

impl FetchCache {
    /// Fetches the first eight bytes, which can be done at once. Returns them if they are all there.
    #[inline]
    fn fetch_first<B: Bus>(
        &mut self,
        cpu: &Cpu,
        bus: &mut B,
    ) -> Result<Option<u64>, Stop<B::Error>> {
        self.clear();
        let first = SegmentedAddress {
            segment: Cs,
            offset: cpu.rip as u32,
        };
        let Ok(address) = cpu.linearize(first, 8) else {
            return Ok(None);
        };
        let Some(bytes) = self.data.first_chunk_mut() else {
            return Ok(None);
        };
        self.end = bus.fetch(address, bytes)?;
        Ok((self.end == 8).then(|| u64::from_le_bytes(*bytes)))
    }
}

impl Decoded {
    /// Not an instruction: no bytes are these.
    pub const NONE: Decoded = Decoded {
        bytes: 1,
        mask: 0,
        db: false,
        instruction: Instruction::NONE,
    };

    fn new(first: Option<u64>, db: bool, instruction: Instruction) -> Self {
        match (first, instruction.length) {
            (Some(first), length @ 1..=8) => {
                let mask = u64::MAX >> (64 - 8 * u32::from(length));
                Decoded {
                    bytes: first & mask,
                    mask,
                    db,
                    instruction,
                }
            }
            _ => Decoded {
                instruction,
                ..Decoded::NONE
            },
        }
    }
}

impl Instruction {
    /// Does nothing, and is nowhere.
    pub(super) const NONE: Instruction = Instruction {
        operation: Operation::Nop,
        operands: [Operand::None; 3],
        address: None,
        prefixes: Prefixes::none(false),
        opcode: 0,
        length: 0,
    };
}
