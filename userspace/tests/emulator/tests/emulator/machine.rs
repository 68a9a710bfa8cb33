// SPDX-License-Identifier: MIT OR Apache-2.0

//! A test machine for the interpreter: 1 MiB of memory, and ports that record accesses.

use emulator::flags::{AF, CF, OF, PF, SF, ZF};
use emulator::{Bus, Cpu, DecodeCache, DescriptorTable, Segment, Stop};
use iced_x86::code_asm::CodeAssembler;
use iced_x86::IcedError;

/// The segment of the code; and the other segments, each 64 KiB higher.
pub const CODE: u16 = 0x1000;
pub const DATA: u16 = 0x2000;
pub const EXTRA: u16 = 0x3000;
pub const STACK: u16 = 0x4000;
pub const HANDLERS: u16 = 0x5000;

/// Segment registers, as `Cpu::segments` numbers them.
pub const ES: usize = 0;
pub const CS: usize = 1;
pub const SS: usize = 2;
pub const DS: usize = 3;
pub const FS: usize = 4;
pub const GS: usize = 5;

/// Registers, as `Cpu::regs` numbers them.
pub const AX: usize = 0;
pub const CX: usize = 1;
pub const DX: usize = 2;
pub const BX: usize = 3;
pub const SP: usize = 4;
pub const BP: usize = 5;
pub const SI: usize = 6;
pub const DI: usize = 7;

/// An access to the bus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    Fetch(u32, usize),
    Read(u32, usize),
    Write(u32, usize),
    Lock,
    Input(u16, usize),
    Output(u16, Vec<u8>),
    InputString(u16, usize, u32),
    OutputString(u16, Vec<u8>),
}

pub struct Board {
    pub memory: Vec<u8>,
    pub accesses: Vec<Access>,
    /// The number of accesses before one fails.
    pub allowed: usize,
    /// The number of bytes per fetch.
    pub fetch_size: usize,
    /// The next value that a port read returns: it counts up with each byte.
    pub input: u8,
    pub exit_pending: bool,
    /// Whether `hlt` was executed.
    pub halted: bool,
}

impl Board {
    fn access(&mut self, access: Access) -> Result<(), Stop<u32>> {
        if self.accesses.len() == self.allowed {
            return Err(Stop::Error(0));
        }
        self.accesses.push(access);
        Ok(())
    }

    pub fn accesses_but_fetches(&self) -> impl Iterator<Item = &Access> {
        let accesses = self.accesses.iter();
        accesses.filter(|access| !matches!(access, Access::Fetch(..)))
    }
}

impl Bus for Board {
    type Error = u32;

    fn next_instruction(&mut self, _bus_was_used: bool) -> bool {
        false
    }

    fn fetch(&mut self, address: u32, bytes: &mut [u8]) -> Result<usize, Stop<u32>> {
        self.access(Access::Fetch(address, bytes.len()))?;
        let memory = self.memory.get(address as usize..);
        let memory = memory.ok_or(Stop::Error(address))?;
        let count = bytes.len().min(memory.len()).min(self.fetch_size);
        if count == 0 {
            return Err(Stop::Error(address));
        }
        bytes[..count].copy_from_slice(&memory[..count]);
        Ok(count)
    }

    fn read_emulated(&mut self, address: u32, data: &mut [u8]) -> Result<(), Stop<u32>> {
        self.access(Access::Read(address, data.len()))?;
        let start = address as usize;
        let memory = self.memory.get(start..start + data.len());
        data.copy_from_slice(memory.ok_or(Stop::Error(address))?);
        Ok(())
    }

    fn write_emulated(&mut self, address: u32, data: &[u8]) -> Result<(), Stop<u32>> {
        self.access(Access::Write(address, data.len()))?;
        let start = address as usize;
        let memory = self.memory.get_mut(start..start + data.len());
        memory.ok_or(Stop::Error(address))?.copy_from_slice(data);
        Ok(())
    }

    fn lock(&mut self) {
        self.accesses.push(Access::Lock);
    }

    fn pio_in_emulated(&mut self, port: u16, data: &mut [u8]) -> Result<(), Stop<u32>> {
        self.access(Access::Input(port, data.len()))?;
        data.fill_with(|| {
            self.input = self.input.wrapping_add(1);
            self.input
        });
        Ok(())
    }

    fn pio_out_emulated(&mut self, port: u16, data: &[u8]) -> Result<(), Stop<u32>> {
        self.access(Access::Output(port, data.to_vec()))?;
        Ok(())
    }

    fn pio_in_string(&mut self, port: u16, data: &mut [u8], count: u32) -> Result<(), Stop<u32>> {
        self.access(Access::InputString(port, data.len(), count))?;
        data.fill_with(|| {
            self.input = self.input.wrapping_add(1);
            self.input
        });
        Ok(())
    }

    fn pio_out_string(&mut self, port: u16, data: &[u8]) {
        self.accesses
            .push(Access::OutputString(port, data.to_vec()));
    }

    fn halt(&mut self) {
        self.halted = true;
    }

    fn exit_pending(&self) -> bool {
        // A test ends at `hlt`, so that its single-step trap never comes.
        self.exit_pending || self.halted
    }

    fn get_cpuid(&mut self, leaf: u32, subleaf: u32) -> [u32; 4] {
        [leaf, subleaf, 0x1234, 0x5678]
    }
}

pub struct Machine {
    pub cpu: Cpu,
    cache: DecodeCache,
    pub board: Board,
}

impl Machine {
    /// Creates a machine about to execute `code`.
    pub fn new(code: &[u8]) -> Self {
        let segment = |selector: u16| Segment {
            selector,
            base: u32::from(selector) << 4,
            limit: 0xffff,
            db: false,
        };
        let mut cpu = Cpu {
            regs: [0; 16],
            rip: 0,
            rflags: 2,
            segments: [EXTRA, CODE, STACK, DATA, DATA, DATA].map(segment),
            idt: DescriptorTable {
                base: 0,
                limit: 0x3ff,
            },
            gdt: DescriptorTable::default(),
            cr0: 0x10,
        };
        cpu.regs[SP] = 0x1000;
        let mut memory = vec![0; 1 << 20];
        let start = usize::from(CODE) << 4;
        memory[start..start + code.len()].copy_from_slice(code);
        let board = Board {
            memory,
            accesses: Vec::new(),
            allowed: usize::MAX,
            fetch_size: usize::MAX,
            input: 0,
            exit_pending: false,
            halted: false,
        };
        let cache = DecodeCache::default();
        Machine { cpu, cache, board }
    }

    /// Creates a machine about to execute the assembled code.
    pub fn assemble(code: impl FnOnce(&mut CodeAssembler) -> Result<(), IcedError>) -> Self {
        Self::new(&assemble(code))
    }

    /// Installs `code` as the handler of a vector.
    pub fn handle(&mut self, vector: u8, code: &[u8]) {
        let offset = u16::from(vector) << 8;
        self.memory(HANDLERS, offset, code.len())
            .copy_from_slice(code);
        let entry = self.memory(0, u16::from(vector) * 4, 4);
        entry[..2].copy_from_slice(&offset.to_le_bytes());
        entry[2..].copy_from_slice(&HANDLERS.to_le_bytes());
    }

    /// Returns whether the handler of a vector is next.
    pub fn has_called(&self, vector: u8) -> bool {
        let cs = self.cpu.segments[CS].selector;
        cs == HANDLERS && self.cpu.rip == u64::from(vector) << 8
    }

    /// Executes up to `count` instructions, and calls the handlers of their exceptions.
    pub fn steps(&mut self, count: usize) -> Result<(), Stop<u32>> {
        (0..count).try_for_each(
            |_| match self.cpu.run(&mut self.board, &mut self.cache, true) {
                Err(Stop::Exception(exception)) => {
                    self.cpu.inject_exception(&mut self.board, exception)
                }
                result => result,
            },
        )
    }

    /// Executes everything up to `hlt`.
    pub fn run(&mut self) -> &mut Self {
        self.board.halted = false;
        let halted = (0..1_000_000).any(|_| {
            self.steps(1).expect("an instruction");
            self.board.halted
        });
        assert!(halted, "no end of {:x?}", self.cpu);
        self
    }

    /// Returns the flags that arithmetic sets.
    pub fn flags(&self) -> u64 {
        self.cpu.rflags & (CF | PF | AF | ZF | SF | OF)
    }

    pub fn memory(&mut self, segment: u16, offset: u16, count: usize) -> &mut [u8] {
        let start = (usize::from(segment) << 4) + usize::from(offset);
        &mut self.board.memory[start..start + count]
    }
}

/// Assembles 16-bit code for offset 0.
pub fn assemble(code: impl FnOnce(&mut CodeAssembler) -> Result<(), IcedError>) -> Vec<u8> {
    let mut assembler = CodeAssembler::new(16).expect("16 bits");
    code(&mut assembler).expect("instructions of 16-bit code");
    assembler.assemble(0).expect("labels in reach")
}
