// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Dice`]: pseudo-random choices that a seed determines, the same forever.

use rand_core::Rng;
use rand_pcg::Pcg32;

/// PCG's XSH RR 64/32 generator. The derivation of choices from its numbers is
/// written out here, because libraries change theirs from one version to the next.
pub struct Dice(Pcg32);

impl Dice {
    /// The stream of numbers for programs.
    pub const PROGRAM: u64 = 1;
    /// The stream of numbers for the answers to a program's reads from ports and devices.
    pub const ANSWERS: u64 = 2;
    /// The stream of numbers for the memory.
    pub const MEMORY: u64 = 3;

    /// Creates the dice of a seed and a stream.
    pub fn new(seed: u64, stream: u64) -> Dice {
        Dice(Pcg32::new(seed, stream))
    }

    /// Returns any number.
    pub fn u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// Returns any byte.
    pub fn byte(&mut self) -> u8 {
        self.u32() as u8
    }

    /// Returns a number below `count`, which must not be 0.
    pub fn below(&mut self, count: usize) -> usize {
        ((u64::from(self.u32()) * count as u64) >> 32) as usize
    }

    /// Returns true once in `times` on average.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// Returns one of the items.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// Returns a number as in programs: any number, or an edge case.
    pub fn number(&mut self) -> u32 {
        const EDGES: [u32; 12] = [
            0,
            1,
            2,
            0x7f,
            0x80,
            0xff,
            0x7fff,
            0x8000,
            0xffff,
            0x7fff_ffff,
            0x8000_0000,
            u32::MAX,
        ];
        match self.below(8) {
            0 | 1 => self.pick(&EDGES),
            2 => self.u32() & 0x1f,
            3 => self.u32() & 0xffff,
            _ => self.u32(),
        }
    }
}
