// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Watch`]: information from the interpreter's run of a program, before it runs elsewhere.
//!
//! The number of executed instructions, the flags that are undefined
//! at each point, and any reason why the runs cannot be compared.

mod flags;
mod skip;

use emulator::Cpu;
use iced_x86::{Decoder, DecoderOptions, Instruction, Mnemonic};

use crate::assembler::CS;
use crate::handlers;
use crate::known::Skip;
use crate::memory::Memory;
use crate::memory_map::{PAGE, Page, is_code, page_of};

pub use flags::names;

use crate::known::HIDDEN_BY_REP;

/// The maximum number of instructions of a random program, counting each iteration of `rep`.
const STEPS: u64 = 5000;

/// The same for a handwritten program.
const STEPS_BY_HAND: u64 = 100_000;

/// The length of the longest instruction.
const LONGEST: usize = 15;

/// The vector of the trap after each instruction, if TF is set.
const SINGLE_STEP: u8 = 1;

/// The number of bytes that an interrupt pushes.
const FRAME: u16 = 6;

/// The index of SP among the general registers.
const SP: usize = 4;

/// An observer of a run.
#[derive(Default)]
pub struct Watch {
    /// The number of executed instructions; a repeated one counts once.
    pub instructions: u64,
    /// The reason why the runs cannot be compared.
    pub skip: Option<Skip>,
    by_hand: bool,
    undefined: u64,
    hidden: u64,
    /// Whether CF comes from a left shift by a constant.
    carry_of_shift: bool,
    steps: u64,
    instruction: Instruction,
    before: Option<Cpu>,
}

/// The target of an instruction's writes, except data in memory.
pub struct Written {
    /// A device's memory: the address, and the number of bytes.
    pub device: Option<(u64, usize)>,
    /// Whether it is a page of code.
    pub code: bool,
}

impl Watch {
    /// Creates an observer of a program's run; `by_hand` is the program's.
    pub fn new(by_hand: bool) -> Watch {
        Watch {
            by_hand,
            ..Watch::default()
        }
    }

    /// Checks the next instruction. Returns whether to execute it.
    pub fn before(&mut self, cpu: &Cpu, memory: &Memory) -> bool {
        if self.skip.is_some() {
            return false;
        }
        self.steps += 1;
        let address = cpu.segments[CS].base.wrapping_add(cpu.rip as u32);
        let limit = if self.by_hand { STEPS_BY_HAND } else { STEPS };
        if self.steps > limit {
            self.skip = Some(Skip::TooLong);
        } else if !is_code(address) {
            self.skip = Some(Skip::LeftItsCode);
        } else {
            self.decode(cpu, address, memory);
            self.skip = match self.instruction.is_invalid() && !self.by_hand {
                true => Some(Skip::NoInstruction),
                false => skip::before(&self.instruction, cpu, self.undefined, self.carry_of_shift),
            };
        }
        self.before = Some(cpu.clone());
        self.skip.is_none()
    }

    /// Records the execution of the instruction.
    pub fn after(&mut self, cpu: &Cpu, written: &Written) {
        let Some(before) = self.before.take() else {
            return;
        };
        self.hidden = 0;
        if !(self.repeats() && before.rip == cpu.rip) {
            self.instructions += 1;
        }
        let vector = handlers::vector_at(cpu.segments[CS].selector, cpu.rip);
        // IRET may return to a handler's address; only an IRET that faults pushes a frame.
        let sp = |cpu: &Cpu| cpu.regs[SP] as u16;
        let pushes = sp(cpu) == sp(&before).wrapping_sub(FRAME);
        let returns = matches!(
            self.instruction.mnemonic(),
            Mnemonic::Iret | Mnemonic::Iretd
        );
        let entered = vector.filter(|_| pushes || !returns);
        match entered {
            Some(vector) => {
                if vector == SINGLE_STEP {
                    // The instruction was executed, and then the trap was taken.
                    self.flags(&before);
                }
                self.skip = skip::interrupt(&self.instruction, &before, vector, self.undefined);
                if written.device.is_some() {
                    self.skip = Some(Skip::InterruptFrameOnDevice);
                }
            }
            None => {
                self.flags(&before);
                // A handwritten program does so on purpose, in cases that TCG handles correctly.
                let meant = Some(Skip::FlagsAndCode).filter(|_| self.by_hand);
                let skip = skip::written(&self.instruction, written);
                self.skip = skip.filter(|skip| meant != Some(*skip));
            }
        }
    }

    /// Updates the undefined flags.
    fn flags(&mut self, before: &Cpu) {
        flags::execute(&mut self.undefined, &self.instruction, before);
        if flags::bits(self.instruction.rflags_modified()) != 0 {
            self.carry_of_shift = flags::is_left_shift_by_constant(&self.instruction);
        }
    }

    /// Records a read of a device's memory.
    pub fn reads_device(&mut self, address: u64, len: usize) {
        self.skip = self.skip.or(skip::device(&self.instruction, address, len));
        self.hidden = match self.repeats() {
            true => HIDDEN_BY_REP,
            false => 0,
        };
    }

    /// Returns the flags that must not be compared now.
    pub fn not_compared(&self) -> u64 {
        self.undefined | self.hidden
    }

    fn repeats(&self) -> bool {
        let prefix = self.instruction.has_rep_prefix() || self.instruction.has_repne_prefix();
        prefix && self.instruction.is_string_instruction()
    }

    /// Records a shutdown of the CPU.
    pub fn shut_down(&mut self) {
        // With a valid vector table, only the segment limit makes an exception's handler fault.
        self.skip = Some(Skip::SegmentLimit);
    }

    /// Records an instruction that the interpreter does not implement.
    pub fn unimplemented(&mut self) {
        self.skip = Some(Skip::Unimplemented(self.instruction.mnemonic()));
    }

    fn decode(&mut self, cpu: &Cpu, address: u32, memory: &Memory) {
        let Page::Ram(page) = page_of(address) else {
            return;
        };
        let offset = address as usize % PAGE;
        let first = memory.slice(page, offset, LONGEST.min(PAGE - offset));
        let mut bytes = [0; LONGEST];
        bytes[..first.len()].copy_from_slice(first);
        // The pages of the handlers, the code and the cells are adjacent in memory as well.
        let rest = LONGEST - first.len();
        bytes[first.len()..].copy_from_slice(memory.slice(page + 1, 0, rest));
        let mut decoder = Decoder::with_ip(16, &bytes, cpu.rip, DecoderOptions::NONE);
        decoder.decode_out(&mut self.instruction);
    }
}
