// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! The flags register, and the conditions that depend on it.
//!
//! SDM vol. 1, "EFLAGS Register" and appendix B "EFLAGS Condition Codes".
//!
//! Counterpart: `test_cc()` in [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::{
    cpu::Cpu,
    width::Width, //
};

/// Carry.
pub const CF: u64 = 1 << 0;
/// Parity.
pub const PF: u64 = 1 << 2;
/// Auxiliary carry, out of bit 3.
pub const AF: u64 = 1 << 4;
/// Zero.
pub const ZF: u64 = 1 << 6;
/// Sign.
pub const SF: u64 = 1 << 7;
/// Trap: `#DB` after each instruction.
pub const TF: u64 = 1 << 8;
/// Interrupts enabled.
pub const IF: u64 = 1 << 9;
/// Direction of string instructions.
pub const DF: u64 = 1 << 10;
/// Overflow.
pub const OF: u64 = 1 << 11;
/// I/O privilege level, two bits.
pub const IOPL: u64 = 3 << 12;
/// Nested task.
pub const NT: u64 = 1 << 14;
/// Resume: no instruction breakpoint on the next instruction.
pub const RF: u64 = 1 << 16;
/// Alignment check.
pub const AC: u64 = 1 << 18;
/// If a program can change this flag, the CPU has `cpuid`.
pub const ID: u64 = 1 << 21;

/// The bit that is always set.
pub const FIXED: u64 = 1 << 1;
/// The flags that a program can change.
const WRITABLE: u64 = CF | PF | AF | ZF | SF | TF | IF | DF | OF | IOPL | NT | AC | ID;

impl Cpu {
    pub(super) fn flag(&self, flag: u64) -> bool {
        self.rflags & flag != 0
    }

    pub(super) fn set_flag(&mut self, flag: u64, value: bool) {
        if value {
            self.rflags |= flag;
        } else {
            self.rflags &= !flag;
        }
    }

    /// Sets SF, ZF and PF, which depend only on the result.
    pub(super) fn set_result_flags(&mut self, width: Width, result: u32) {
        self.set_flag(SF, width.sign(result));
        self.set_flag(ZF, width.truncate(result) == 0);
        self.set_flag(PF, (result as u8).count_ones() & 1 == 0);
    }

    /// Loads the flags register, or its lower half, from a value that `pushf` stored.
    pub(super) fn load_flags(&mut self, width: Width, value: u32) {
        let changed = WRITABLE & u64::from(width.mask());
        self.rflags = self.rflags & !changed | u64::from(value) & changed | FIXED;
    }

    /// Whether one of the sixteen conditions holds. `jcc`, `setcc` and `cmovcc` use these codes.
    pub(super) fn condition(&self, code: u8) -> bool {
        let holds = match code >> 1 & 7 {
            0 => self.flag(OF),
            1 => self.flag(CF),
            2 => self.flag(ZF),
            3 => self.flag(CF | ZF),
            4 => self.flag(SF),
            5 => self.flag(PF),
            6 => self.flag(SF) != self.flag(OF),
            _ => self.flag(ZF) || self.flag(SF) != self.flag(OF),
        };
        // An odd code is the negation of the even one before it.
        holds != (code & 1 != 0)
    }
}
