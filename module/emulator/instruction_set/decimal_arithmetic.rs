// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! Corrections of binary arithmetic on decimal digits.
//!
//! SDM vol. 1, "Decimal Arithmetic Instructions".
//!
//! Counterparts: `em_das()`, `em_aam()` and `em_aad()` in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::{
    super::{
        exceptions::Exception::{
            self,
            DivideError, //
        },
        flags::{
            AF,
            CF,
            OF, //
        },
        registers::{
            AH,
            AX, //
        }, //
    },
    Cpu,
    Width::{
        Byte,
        Word, //
    }, //
};

impl Cpu {
    /// Corrects the result of an addition of packed digits.
    pub(super) fn daa(&mut self) {
        let (low, high) = self.packed_correction();
        let al = self.register(Byte, AX);
        self.set_packed(al.wrapping_add(low + high), low != 0, high != 0);
    }

    /// Corrects the result of a subtraction of packed digits.
    pub(super) fn das(&mut self) {
        let (low, high) = self.packed_correction();
        let al = self.register(Byte, AX);
        // The correction of the low digit may itself borrow.
        self.set_packed(al.wrapping_sub(low + high), low != 0, high != 0 || al < low);
    }

    /// Corrects the result of an addition of unpacked digits.
    pub(super) fn aaa(&mut self) {
        let carry = self.low_digit_is_off();
        if carry {
            let ax = self.register(Word, AX);
            self.set_register(Word, AX, ax.wrapping_add(0x106));
        }
        self.finish_unpacked(carry);
    }

    /// Corrects the result of a subtraction of unpacked digits.
    pub(super) fn aas(&mut self) {
        let carry = self.low_digit_is_off();
        if carry {
            let ax = self.register(Word, AX);
            self.set_register(Word, AX, ax.wrapping_sub(0x106));
        }
        self.finish_unpacked(carry);
    }

    /// After a multiplication: splits a number into digits of a base, usually 10.
    pub(super) fn aam(&mut self, base: u32) -> Result<(), Exception> {
        let al = self.register(Byte, AX);
        let high = al.checked_div(base).ok_or(DivideError)?;
        let low = al.checked_rem(base).ok_or(DivideError)?;
        self.set_register(Byte, AH, high);
        self.set_register(Byte, AX, low);
        self.set_flag(CF | AF | OF, false);
        self.set_result_flags(Byte, low);
        Ok(())
    }

    /// Before a division: combines the digits of a base into a number.
    pub(super) fn aad(&mut self, base: u32) {
        let (high, low) = (self.register(Byte, AH), self.register(Byte, AX));
        let number = Byte.truncate(high * base + low);
        self.set_register(Word, AX, number);
        self.set_flag(CF | AF | OF, false);
        self.set_result_flags(Byte, number);
    }

    /// Whether the low digit of AL is above 9, or had a carry or a borrow.
    fn low_digit_is_off(&self) -> bool {
        self.register(Byte, AX) & 0xf > 9 || self.flag(AF)
    }

    /// Returns the corrections of AL's low and high digit, to be added or subtracted.
    fn packed_correction(&self) -> (u32, u32) {
        let high_digit_is_off = self.register(Byte, AX) > 0x99 || self.flag(CF);
        (
            if self.low_digit_is_off() { 6 } else { 0 },
            if high_digit_is_off { 0x60 } else { 0 },
        )
    }

    fn set_packed(&mut self, al: u32, low_carry: bool, high_carry: bool) {
        self.set_register(Byte, AX, al);
        self.set_flag(AF, low_carry);
        self.set_flag(CF, high_carry);
        self.set_flag(OF, false);
        self.set_result_flags(Byte, al);
    }

    fn finish_unpacked(&mut self, carry: bool) {
        let al = self.register(Byte, AX);
        self.set_register(Byte, AX, al & 0xf);
        self.set_flag(AF | CF, carry);
    }
}
