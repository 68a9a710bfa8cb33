// SPDX-License-Identifier: MIT OR Apache-2.0

//! Encodings that depend on how many bits code has.

use iced_x86::{Code, MemoryOperand, Register};

use super::Flat;
use crate::memory_map::CELLS;

impl Flat {
    /// The one for this mode, of those for 32 bits and for 64.
    pub fn code(&self, bits32: Code, bits64: Code) -> Code {
        match self.mode.bits() {
            64 => bits64,
            _ => bits32,
        }
    }

    /// The register that holds an address.
    pub fn wide(&self, register: Register) -> Register {
        match self.mode.bits() {
            64 => Register::RAX + register.number() as u32,
            _ => register.full_register32(),
        }
    }

    /// The number of general registers.
    pub fn registers(&self) -> usize {
        match self.mode.bits() {
            64 => 16,
            _ => 8,
        }
    }

    /// A cell, as an offset from [`CELLS`].
    pub fn cell(&self, cell: u32) -> MemoryOperand {
        MemoryOperand::with_displ((CELLS + cell).into(), self.mode.bits() / 8)
    }
}
