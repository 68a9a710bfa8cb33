// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! Operations on bits that stay in their places.
//!
//! SDM vol. 1, "Logical Instructions".

use super::{
    super::flags::{
        AF,
        CF,
        OF, //
    },
    Cpu,
    Width, //
};

impl Cpu {
    pub(super) fn and(&mut self, width: Width, a: u32, b: u32) -> u32 {
        self.logical_flags(width, a & b)
    }

    pub(super) fn or(&mut self, width: Width, a: u32, b: u32) -> u32 {
        self.logical_flags(width, a | b)
    }

    pub(super) fn xor(&mut self, width: Width, a: u32, b: u32) -> u32 {
        self.logical_flags(width, a ^ b)
    }

    /// The only one that leaves the flags.
    pub(super) fn not(&mut self, width: Width, a: u32) -> u32 {
        width.truncate(!a)
    }

    fn logical_flags(&mut self, width: Width, result: u32) -> u32 {
        self.set_flag(CF | AF | OF, false);
        self.set_result_flags(width, result);
        result
    }
}
