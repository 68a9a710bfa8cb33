// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Dice`]: chance that a seed decides, the same for ever.

use rand_core::Rng;
use rand_pcg::Pcg32;

/// PCG's XSH RR 64/32 generator. What is made of its numbers is written down here, since libraries
/// change what they make of them from one version to the next.
pub struct Dice(Pcg32);

impl Dice {
    /// The stream of numbers that makes programs.
    pub const PROGRAM: u64 = 1;
    /// The stream of numbers that answers a program's reads from ports and devices.
    pub const ANSWERS: u64 = 2;
    /// The stream of numbers in the memory.
    pub const MEMORY: u64 = 3;

    /// Dice that fall as `seed` and `stream` say.
    pub fn new(seed: u64, stream: u64) -> Dice {
        Dice(Pcg32::new(seed, stream))
    }

    /// Any number.
    pub fn u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// Any byte.
    pub fn byte(&mut self) -> u8 {
        self.u32() as u8
    }

    /// A number below `count`, which is not 0.
    pub fn below(&mut self, count: usize) -> usize {
        ((u64::from(self.u32()) * count as u64) >> 32) as usize
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of them.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// A number as programs have them: any, or one at which something happens.
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
