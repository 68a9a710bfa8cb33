// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! What the manual leaves open: which flags an instruction may leave any way it likes.
//!
//! A program that goes by one of them is wrong, and may work on one processor and not on another.
//! (Nor does the manual say what `bswap` makes of 16 bits, `shld` and `shrd` of 16 bits shifted by
//! more than 16, and `bsf` and `bsr` of 0.)

use super::{
    super::flags::{
        AF,
        CF,
        OF,
        PF,
        SF,
        ZF, //
    },
    decode::look_up,
    Opcode,
    Operation::{
        self,
        *, //
    }, //
};

impl Operation {
    /// The flags that may have any value after it. Those of the arithmetic flags that are not named
    /// here, nor changed, stay as they were.
    pub fn undefined_flags(self) -> u64 {
        match self {
            And | Or | Xor | Test => AF,
            Mul | Imul => SF | ZF | AF | PF,
            Div | Idiv => CF | PF | AF | ZF | SF | OF,
            Daa | Das => OF,
            Aaa | Aas => OF | SF | ZF | PF,
            Aam | Aad => OF | AF | CF,
            // With a count of 1, OF is defined. CF is not if all bits have been shifted out.
            Shl | Shr | Sar => AF | OF | CF,
            Shld | Shrd => CF | PF | AF | ZF | SF | OF,
            // The same.
            Rol | Ror | Rcl | Rcr => OF,
            Bt | Bts | Btr | Btc => OF | SF | AF | PF,
            Bsf | Bsr => CF | OF | SF | AF | PF,
            _ => 0,
        }
    }
}

/// The flags that may have any value after an instruction, given its bytes and CS.D/B.
pub fn undefined_flags(code: &[u8], db: bool) -> u64 {
    let mut bytes = code.iter().copied();
    match look_up(db, || bytes.next().ok_or(())).map(|entry| entry.meaning) {
        Ok(Opcode::Instruction(operation, _)) => operation.undefined_flags(),
        _ => 0,
    }
}
