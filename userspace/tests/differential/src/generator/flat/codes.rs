// SPDX-License-Identifier: MIT OR Apache-2.0

//! Encodings that depend on the number of bits of code.

use iced_x86::{Code, MemoryOperand, Register};

use super::Flat;
use crate::memory_map::CELLS;

impl Flat {
    /// Returns the encoding for this mode: the 32-bit one or the 64-bit one.
    pub fn code(&self, bits32: Code, bits64: Code) -> Code {
        match self.mode.bits() {
            64 => bits64,
            _ => bits32,
        }
    }

    /// Returns the register of an address's size.
    pub fn wide(&self, register: Register) -> Register {
        match self.mode.bits() {
            64 => Register::RAX + register.number() as u32,
            _ => register.full_register32(),
        }
    }

    /// Returns the number of general registers.
    pub fn registers(&self) -> usize {
        match self.mode.bits() {
            64 => 16,
            _ => 8,
        }
    }

    /// Returns a cell, by its offset from [`CELLS`].
    pub fn cell(&self, cell: u32) -> MemoryOperand {
        MemoryOperand::with_displ((CELLS + cell).into(), self.mode.bits() / 8)
    }
}
