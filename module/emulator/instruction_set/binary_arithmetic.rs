// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! Addition and subtraction.
//!
//! SDM vol. 1, "Binary Arithmetic Instructions".

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
    pub(super) fn add(&mut self, width: Width, a: u32, b: u32) -> u32 {
        self.sum(width, a, b, false)
    }

    pub(super) fn adc(&mut self, width: Width, a: u32, b: u32) -> u32 {
        self.sum(width, a, b, self.flag(CF))
    }

    pub(super) fn sub(&mut self, width: Width, a: u32, b: u32) -> u32 {
        self.difference(width, a, b, false)
    }

    pub(super) fn sbb(&mut self, width: Width, a: u32, b: u32) -> u32 {
        self.difference(width, a, b, self.flag(CF))
    }

    pub(super) fn neg(&mut self, width: Width, a: u32) -> u32 {
        self.difference(width, 0, a, false)
    }

    /// Unlike `add` with 1, it leaves CF.
    pub(super) fn inc(&mut self, width: Width, a: u32) -> u32 {
        let carry = self.flag(CF);
        let result = self.add(width, a, 1);
        self.set_flag(CF, carry);
        result
    }

    /// Unlike `sub` with 1, it leaves CF.
    pub(super) fn dec(&mut self, width: Width, a: u32) -> u32 {
        let carry = self.flag(CF);
        let result = self.sub(width, a, 1);
        self.set_flag(CF, carry);
        result
    }

    // ANCHOR: sum
    fn sum(&mut self, width: Width, a: u32, b: u32, carry: bool) -> u32 {
        let sum = u64::from(a) + u64::from(b) + u64::from(carry);
        let result = width.truncate(sum as u32);
        self.set_flag(CF, sum >> width.bits() != 0);
        self.set_flag(AF, (a ^ b ^ result) & 0x10 != 0);
        // The operands have one sign, and the result has the other.
        self.set_flag(OF, width.sign((a ^ result) & (b ^ result)));
        self.set_result_flags(width, result);
        result
    }
    // ANCHOR_END: sum

    fn difference(&mut self, width: Width, a: u32, b: u32, borrow: bool) -> u32 {
        let subtrahend = u64::from(b) + u64::from(borrow);
        let result = width.truncate(a.wrapping_sub(subtrahend as u32));
        self.set_flag(CF, u64::from(a) < subtrahend);
        self.set_flag(AF, (a ^ b ^ result) & 0x10 != 0);
        // The operands have different signs, and the result has that of the second.
        self.set_flag(OF, width.sign((a ^ b) & (a ^ result)));
        self.set_result_flags(width, result);
        result
    }
}
