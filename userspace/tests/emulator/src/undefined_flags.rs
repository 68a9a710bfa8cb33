// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the manual leaves open: the flags that an instruction may leave any way it likes.
//!
//! A program that goes by one of them works on one CPU and not on another. The interpreter
//! leaves them as QEMU does where that is known, and the comments say what an AMD Zen 4 does that
//! was asked. Results are left open, too: of `bswap` with 16 bits, of `shld` and `shrd` with 16 bits
//! and a count above 16, and of `bsf` and `bsr` with nothing to find.

use crate::emulator::flags::{AF, CF, OF, PF, SF, ZF};
use crate::emulator::instruction_set::Operation::{self, *};

impl Operation {
    /// The flags that may have any value after it.
    pub fn undefined_flags(self) -> u64 {
        match self {
            // Cleared, as on Zen 4.
            And | Or | Xor | Test => AF,
            // As the lower half of the product is, and AF cleared. Zen 4 leaves them as they were.
            Mul | Imul => SF | ZF | AF | PF,
            // As they were. Zen 4 leaves CF and OF so, sets AF, and clears the others.
            Div | Idiv => CF | PF | AF | ZF | SF | OF,
            // Cleared. Zen 4 does something else.
            Daa | Das => OF,
            // As they were. Zen 4 does something else.
            Aaa | Aas => OF | SF | ZF | PF,
            // Cleared, as on Zen 4.
            Aam => OF | AF | CF,
            // Cleared. Zen 4 has them of the addition.
            Aad => OF | AF | CF,
            // OF is open unless the count is 1, and always as if the last of the places were the
            // only one, as on Zen 4. CF is open if the count is greater than the width: the same.
            // AF is cleared; Zen 4 sets it.
            Shl | Shr | Sar => AF | OF | CF,
            // The same; and all of them if the count is greater than the width.
            Shld | Shrd => CF | PF | AF | ZF | SF | OF,
            // Unless the count is 1: as if the last of the places were the only one, as on Zen 4.
            Rol | Ror => OF,
            // Unless the count is 1: whether the sign has changed. Zen 4 does something else.
            Rcl | Rcr => OF,
            // As they were, as on Zen 4.
            Bt | Bts | Btr | Btc => OF | SF | AF | PF,
            // As of the source. Zen 4 leaves another SF and PF.
            Bsf | Bsr => CF | OF | SF | AF | PF,
            _ => 0,
        }
    }
}
