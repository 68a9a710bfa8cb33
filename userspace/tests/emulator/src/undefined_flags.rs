// SPDX-License-Identifier: MIT OR Apache-2.0

//! Flags that the manual leaves undefined: an instruction may leave any value in them.
//!
//! A program that depends on one of them works on one CPU and fails on another. The
//! interpreter leaves them as QEMU does if that is known; the comments note what an AMD Zen
//! 4 did in a test. Some results are undefined too: of `bswap` with 16 bits, of `shld` and
//! `shrd` with 16 bits and a count above 16, and of `bsf` and `bsr` with a source of 0.

use crate::emulator::flags::{AF, CF, OF, PF, SF, ZF};
use crate::emulator::instruction_set::Operation::{self, *};

impl Operation {
    /// Returns the flags that may have any value after it.
    pub fn undefined_flags(self) -> u64 {
        match self {
            // Cleared, as on Zen 4.
            And | Or | Xor | Test => AF,
            // According to the product's lower half, and AF cleared. Zen 4 leaves them unchanged.
            Mul | Imul => SF | ZF | AF | PF,
            // Unchanged. Zen 4 leaves CF and OF unchanged, sets AF, and clears the others.
            Div | Idiv => CF | PF | AF | ZF | SF | OF,
            // Cleared. Zen 4 differs.
            Daa | Das => OF,
            // Unchanged. Zen 4 differs.
            Aaa | Aas => OF | SF | ZF | PF,
            // Cleared, as on Zen 4.
            Aam => OF | AF | CF,
            // Cleared. Zen 4 sets them according to the addition.
            Aad => OF | AF | CF,
            // OF is undefined unless the count is 1, and always set as by the
            // last step of 1, as on Zen 4. CF is undefined if the count exceeds
            // the width: set in the same way. AF is cleared; Zen 4 sets it.
            Shl | Shr | Sar => AF | OF | CF,
            // The same; and all of them if the count exceeds the width.
            Shld | Shrd => CF | PF | AF | ZF | SF | OF,
            // Unless the count is 1: set as by the last step of 1, as on Zen 4.
            Rol | Ror => OF,
            // Unless the count is 1: whether the sign has changed. Zen 4 differs.
            Rcl | Rcr => OF,
            // Unchanged, as on Zen 4.
            Bt | Bts | Btr | Btc => OF | SF | AF | PF,
            // According to the source. Zen 4 leaves another SF and PF.
            Bsf | Bsr => CF | OF | SF | AF | PF,
            _ => 0,
        }
    }
}
