// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! [`Operation`]: what an instruction does, whatever its operands.
//!
//! Counterpart: `struct opcode`'s `execute` in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

/// What an instruction does: the manual's mnemonics, by the manual's chapters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the manual has a page on each")]
#[rustfmt::skip]
pub enum Operation {
    // Data transfer.
    Mov, Movzx, Movsx, Cmovcc, Xchg, Bswap, Xadd, Cmpxchg, Cbw, Cwd,
    Push, Pop, Pusha, Popa,
    // Binary arithmetic.
    Add, Adc, Sub, Sbb, Cmp, Inc, Dec, Neg, Mul, Imul, Div, Idiv,
    // Decimal arithmetic.
    Daa, Das, Aaa, Aas, Aam, Aad,
    // Logical.
    And, Or, Xor, Not, Test,
    // Shift and rotate.
    Rol, Ror, Rcl, Rcr, Shl, Shr, Sar, Shld, Shrd,
    // Bit and byte.
    Bt, Bts, Btr, Btc, Bsf, Bsr, Setcc,
    // Control transfer.
    Jmp, JmpFar, Jcc, Jcxz, Loop, Loope, Loopne, Call, CallFar, Ret, RetFar,
    Int, Int1, Int3, Into, Iret, Bound,
    // String.
    Movs, Cmps, Scas, Lods, Stos, Ins, Outs,
    // I/O.
    In, Out,
    // Enter and leave.
    Enter, Leave,
    // Flag control.
    Stc, Clc, Cmc, Cld, Std, Lahf, Sahf, Pushf, Popf, Sti, Cli, Salc,
    // Segment register.
    Lds, Les, Lfs, Lgs, Lss,
    // Miscellaneous.
    Lea, Nop, Xlat, Cpuid, Ud1, Ud2,
    // System.
    Hlt, Wait, Lgdt, Lidt, Sgdt, Sidt, Smsw, Clts, Invd, Wbinvd, Invlpg,
}

use Operation::*;

impl Operation {
    /// Whether the `lock` prefix is valid for it, if it writes to memory.
    pub(crate) fn lockable(self) -> bool {
        matches!(
            self,
            Add | Adc
                | And
                | Btc
                | Btr
                | Bts
                | Cmpxchg
                | Dec
                | Inc
                | Neg
                | Not
                | Or
                | Sbb
                | Sub
                | Xadd
                | Xchg
                | Xor
        )
    }
}
