// SPDX-License-Identifier: MIT OR Apache-2.0

//! Properties that hold for any bytes and any
//! registers. The fuzz target includes this file too.

use emulator::{Bus, Cpu, DecodeCache, DescriptorTable, Exception, Segment, Stop};

/// More accesses than any step makes: `enter` reads 30 words and writes
/// 32, code may come byte by byte, and then a handler may be called.
const MOST_ACCESSES: usize = 128;

/// A world made of the remaining bytes: they are the code, the
/// memory, the values of ports, and now and then an error.
struct Hostile<'a> {
    data: &'a [u8],
    position: usize,
    /// Where an instruction may access memory: the segments, and the vector table.
    allowed: Vec<(u32, u32)>,
    accesses: usize,
}

#[derive(Debug, PartialEq, Eq)]
struct Refusal;

impl Hostile<'_> {
    fn byte(&mut self) -> u8 {
        let byte = self.data.get(self.position).copied().unwrap_or(0);
        self.position += 1;
        byte
    }

    fn number(&mut self) -> u32 {
        u32::from_le_bytes([self.byte(), self.byte(), self.byte(), self.byte()])
    }

    /// Returns a number that is likely to matter: small, or all ones, or at the edge of a segment.
    fn likely_number(&mut self) -> u32 {
        match self.byte() {
            0..64 => self.byte().into(),
            64..96 => u32::from(self.byte()).wrapping_neg(),
            96..160 => self.number() & 0xffff,
            160..176 => 0xfff8 + (self.number() & 15),
            _ => self.number(),
        }
    }

    fn access(&mut self) -> Result<(), Stop<Refusal>> {
        self.accesses += 1;
        assert!(self.accesses <= MOST_ACCESSES, "a step without an end");
        match self.byte() {
            255 => Err(Stop::Error(Refusal)),
            254 => Err(Stop::IoNeeded),
            _ => Ok(()),
        }
    }

    fn access_memory(&mut self, address: u32, length: usize) -> Result<(), Stop<Refusal>> {
        assert!((1..=15).contains(&length));
        let last = length as u32 - 1;
        let is_allowed = |&(base, limit): &(u32, u32)| {
            let offset = address.wrapping_sub(base);
            offset.checked_add(last).is_some_and(|last| last <= limit)
        };
        assert!(
            self.allowed.iter().any(is_allowed),
            "{address:x} is in no segment"
        );
        self.access()
    }

    fn fill(&mut self, data: &mut [u8]) {
        data.fill_with(|| self.byte());
    }
}

impl Bus for Hostile<'_> {
    type Error = Refusal;

    fn next_instruction(&mut self, _bus_was_used: bool) -> bool {
        false
    }

    fn fetch(&mut self, address: u32, bytes: &mut [u8]) -> Result<usize, Stop<Refusal>> {
        self.access_memory(address, bytes.len())?;
        let count = 1 + usize::from(self.byte()) % bytes.len();
        self.fill(&mut bytes[..count]);
        Ok(count)
    }

    fn read_emulated(&mut self, address: u32, data: &mut [u8]) -> Result<(), Stop<Refusal>> {
        self.access_memory(address, data.len())?;
        self.fill(data);
        Ok(())
    }

    fn write_emulated(&mut self, address: u32, data: &[u8]) -> Result<(), Stop<Refusal>> {
        self.access_memory(address, data.len())
    }

    fn lock(&mut self) {}

    fn pio_in_emulated(&mut self, _port: u16, data: &mut [u8]) -> Result<(), Stop<Refusal>> {
        self.access()?;
        self.fill(data);
        Ok(())
    }

    fn pio_out_emulated(&mut self, _port: u16, data: &[u8]) -> Result<(), Stop<Refusal>> {
        assert!(matches!(data.len(), 1 | 2 | 4));
        self.access()
    }

    fn pio_in_string(
        &mut self,
        port: u16,
        data: &mut [u8],
        count: u32,
    ) -> Result<(), Stop<Refusal>> {
        assert!(count >= 1 && count as usize * data.len() <= 1024);
        self.pio_in_emulated(port, data)
    }

    fn pio_out_string(&mut self, _port: u16, data: &[u8]) {
        assert!(matches!(data.len(), 1 | 2 | 4));
    }

    fn halt(&mut self) {}

    fn exit_pending(&self) -> bool {
        self.data.get(self.position).is_some_and(|byte| *byte > 250)
    }

    fn get_cpuid(&mut self, _leaf: u32, _subleaf: u32) -> [u32; 4] {
        [self.number(), self.number(), self.number(), self.number()]
    }
}

/// Returns any registers: usually valid ones for real mode, but not always.
fn cpu(world: &mut Hostile<'_>) -> Cpu {
    let regs = [0; 16].map(|_| u64::from(world.number()) << 32 | u64::from(world.likely_number()));
    let segments = [0; 6].map(|_| Segment {
        selector: world.number() as u16,
        base: world.number(),
        limit: match world.byte() {
            0..224 => 0xffff,
            _ => world.likely_number(),
        },
        db: world.byte() > 240,
    });
    let table = |world: &mut Hostile<'_>| DescriptorTable {
        base: world.number(),
        limit: match world.byte() {
            0..224 => 0x3ff,
            _ => world.likely_number() as u16,
        },
    };
    Cpu {
        regs,
        rip: (world.likely_number() & 0xffff).into(),
        rflags: u64::from(world.number()) | 2,
        segments,
        idt: table(world),
        gdt: table(world),
        cr0: world.number().into(),
    }
}

/// Executes the bytes, and checks what must always hold.
pub fn check(data: &[u8]) {
    let mut world = Hostile {
        data,
        position: 0,
        allowed: Vec::new(),
        accesses: 0,
    };
    let mut cpu = cpu(&mut world);
    let mut cache = DecodeCache::default();
    let mut exception = None;
    while world.position < data.len() {
        let before = cpu.clone();
        let limit = |segment: &Segment| (segment.base, segment.limit);
        world.allowed = before.segments.iter().map(limit).collect();
        world
            .allowed
            .push((before.idt.base, before.idt.limit.into()));
        world.accesses = 0;
        let mut result = match exception.take() {
            Some(exception) => cpu.inject_exception(&mut world, exception),
            None => cpu.run(&mut world, &mut cache, true),
        };
        if let Err(Stop::Exception(stopped_by)) = result {
            exception = Some(stopped_by);
            if stopped_by == Exception::Debug {
                result = Ok(());
            }
        }
        if result.is_err() {
            assert_eq!(cpu, before, "{result:?} is to leave the registers");
        }
        if result == Err(Stop::Shutdown) {
            // It would only stop again, without using up any bytes.
            break;
        }
        assert!(cpu.rip <= u32::MAX.into());
        assert_eq!(cpu.rflags & 2, 2);
        assert_eq!(cpu.regs[8..], before.regs[8..]);
        for (now, before) in cpu.segments.iter().zip(before.segments) {
            assert_eq!((now.limit, now.db), (before.limit, before.db));
        }
    }
}
