// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`DecodeCache`]: avoids decoding an instruction again, and sometimes even fetching it again.
//!
//! A lookup compares the bytes that are in memory now, so the cache is never out of date: the
//! guest, another vCPU and userspace may write code without an invalidation. Only consecutive
//! instructions that do not use the bus are fetched together.

use super::{
    bus::Bus,
    cpu::Cpu,
    decode::{
        Decoder,
        Instruction, //
    },
    fetch::FetchCache,
    instruction_set::{
        Address,
        Operation,
        Prefixes, //
    },
    operand::Operand,
    registers::SegmentRegister::Cs,
    segmented::SegmentedAddress,
    stop::Stop, //
};

/// The number of cached instructions: a loop or two.
const SIZE: usize = 64;

/// The bytes that were fetched last, and the decoded instructions.
pub struct DecodeCache {
    /// The bytes of the current instruction.
    pub fetch: FetchCache,
    /// The bytes of the next instructions.
    pub queue: PrefetchQueue,
    /// The decoded instructions. The address of an instruction determines its index.
    pub entries: [Decoded; SIZE],
    /// CS.D/B of all of them: with another value, the bytes have another meaning.
    pub db: bool,
    /// How many bytes of the queue may be executed: 8, or 0 for the first instruction only.
    pub limit: u32,
}

/// Eight bytes that were fetched together, and how many of them have been executed.
#[derive(Default)]
pub struct PrefetchQueue {
    bytes: u64,
    /// The offset of the first byte in CS.
    ip: u32,
    executed: u32,
}

/// A decoded instruction of up to eight bytes. `mask` covers its bytes in a `u64`.
#[derive(Clone, Copy)]
pub struct Decoded {
    bytes: u64,
    mask: u64,
    instruction: Instruction,
}

impl Default for DecodeCache {
    fn default() -> Self {
        DecodeCache {
            fetch: FetchCache::default(),
            queue: PrefetchQueue::default(),
            entries: [Decoded::NONE; SIZE],
            db: false,
            limit: 0,
        }
    }
}

impl DecodeCache {
    /// Begins a run. Drops all instructions if CS.D/B has changed.
    pub(super) fn begin(&mut self, cpu: &Cpu, alone: bool) {
        self.limit = if alone { 0 } else { 8 };
        let db = cpu.segment(Cs).db;
        if self.db != db {
            self.entries = [Decoded::NONE; SIZE];
            self.db = db;
        }
    }

    // ANCHOR: decode
    /// Fetches the instruction at CS:IP, and decodes it if it is not in the cache.
    #[inline(always)]
    pub(super) fn decode<B: Bus>(
        &mut self,
        cpu: &Cpu,
        bus: &mut B,
    ) -> Result<&Instruction, Stop<B::Error>> {
        let index = cpu.rip as usize % SIZE;
        let bytes = self.queue.fill(cpu, bus, &mut self.fetch)?;
        let entry = &self.entries[index];
        if bytes.is_some_and(|bytes| bytes & entry.mask == entry.bytes) {
            self.queue.executed = entry.instruction.length.into();
        } else {
            self.decode_new(cpu, bus, bytes, index)?;
        }
        Ok(&self.entries[index].instruction)
    }

    /// Returns the instruction at CS:IP if it needs neither a fetch nor decoding.
    #[inline(always)]
    pub(super) fn next(&mut self, cpu: &Cpu) -> Option<&Instruction> {
        let entry = &self.entries[cpu.rip as usize % SIZE];
        let PrefetchQueue {
            bytes,
            ip,
            executed,
        } = self.queue;
        let is_next = cpu.rip as u32 == ip.wrapping_add(executed)
            && bytes.wrapping_shr(executed << 3) & entry.mask == entry.bytes;
        if !is_next {
            return None;
        }
        self.queue.executed = executed.wrapping_add(entry.instruction.length.into());
        (self.queue.executed <= self.limit).then_some(&entry.instruction)
    }
    // ANCHOR_END: decode

    #[cold]
    fn decode_new<B: Bus>(
        &mut self,
        cpu: &Cpu,
        bus: &mut B,
        bytes: Option<u64>,
        index: usize,
    ) -> Result<(), Stop<B::Error>> {
        if let Some(bytes) = bytes {
            self.fetch.begin(bytes.to_le_bytes(), 8);
        }
        let instruction = Decoder::new(cpu, bus, &mut self.fetch).decode()?;
        if bytes.is_some() {
            self.queue.executed = instruction.length.into();
        }
        self.entries[index] = Decoded::new(instruction, bytes);
        Ok(())
    }
}

impl FetchCache {
    /// Begins an instruction whose first bytes have already been fetched.
    fn begin(&mut self, bytes: [u8; 8], count: usize) {
        if let Some(data) = self.data.first_chunk_mut() {
            *data = bytes;
        }
        (self.end, self.position) = (count, 0);
    }
}

impl PrefetchQueue {
    /// Fetches eight bytes at once, if the segment and the page contain that many.
    #[inline(always)]
    fn fill<B: Bus>(
        &mut self,
        cpu: &Cpu,
        bus: &mut B,
        fetch: &mut FetchCache,
    ) -> Result<Option<u64>, Stop<B::Error>> {
        let (segment, offset) = (Cs, cpu.rip as u32);
        self.executed = 8;
        let Ok(address) = cpu.linearize(SegmentedAddress { segment, offset }, 8) else {
            fetch.clear();
            return Ok(None);
        };
        let mut bytes = [0; 8];
        let count = bus
            .fetch(address, &mut bytes)
            .inspect_err(|_| fetch.clear())?;
        if count != 8 {
            fetch.begin(bytes, count);
            return Ok(None);
        }
        (self.bytes, self.ip) = (u64::from_le_bytes(bytes), offset);
        Ok(Some(self.bytes))
    }
}

impl Decoded {
    /// No instruction: no bytes match it.
    pub const NONE: Decoded = Decoded {
        bytes: 1,
        mask: 0,
        instruction: Instruction::NONE,
    };

    fn new(instruction: Instruction, bytes: Option<u64>) -> Self {
        match (bytes, instruction.length) {
            (Some(bytes), length @ 1..=8) => {
                let mask = u64::MAX >> (64 - 8 * u32::from(length));
                Decoded {
                    bytes: bytes & mask,
                    mask,
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
    /// A placeholder that does nothing, and has no bytes.
    pub(super) const NONE: Instruction = Instruction {
        operation: Operation::Nop,
        operands: [Operand::None; 3],
        address: Address::NONE,
        prefixes: Prefixes::none(false),
        opcode: 0,
        length: 0,
    };
}
