// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! Operations that move bits.
//!
//! SDM vol. 1, "Shift and Rotate Instructions".
//!
//! Counterparts: `em_shl()`, `em_rol()` and the like in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::{
    super::flags::{
        AF,
        CF,
        OF, //
    },
    Bus,
    Context,
    Cpu,
    Operand,
    Stop,
    Width, //
};

/// The bits of a count that matter, for every width. If the count is 0, the flags do not change.
const LAST_FIVE: u32 = 31;

impl<B: Bus> Context<'_, B> {
    /// `shld` and `shrd`.
    pub(super) fn double_shift(
        &mut self,
        operands: [Operand; 3],
        operation: fn(&mut Cpu, Width, u32, u32, u32) -> u32,
    ) -> Result<(), Stop<B::Error>> {
        let [first, second, count] = operands;
        let (a, b, count) = (
            self.read_operand(first)?,
            self.read_operand(second)?,
            self.read_operand(count)?,
        );
        let result = operation(self.cpu, first.width(), a, b, count);
        self.write_operand(first, result)
    }
}

impl Cpu {
    pub(super) fn shl(&mut self, width: Width, value: u32, count: u32) -> u32 {
        let count = count & LAST_FIVE;
        let shifted = u64::from(value) << count;
        let result = width.truncate(shifted as u32);
        // The last bit that was shifted out is now the bit above the result.
        let carry = shifted >> width.bits() & 1 != 0;
        self.shift_flags(width, count, result, carry, carry != width.sign(result))
    }

    pub(super) fn shr(&mut self, width: Width, value: u32, count: u32) -> u32 {
        let count = count & LAST_FIVE;
        // The result, and below it the last bit that was shifted out.
        let shifted = u64::from(value) << 1 >> count;
        let result = (shifted >> 1) as u32;
        let carry = shifted & 1 != 0;
        self.shift_flags(width, count, result, carry, width.sign(shifted as u32))
    }

    pub(super) fn sar(&mut self, width: Width, value: u32, count: u32) -> u32 {
        let count = count & LAST_FIVE;
        let shifted = i64::from(width.signed(value)) << 1 >> count;
        let result = width.truncate((shifted >> 1) as u32);
        self.shift_flags(width, count, result, shifted & 1 != 0, false)
    }

    /// Shifts to the left, and shifts the second operand in from the right.
    pub(super) fn shld(&mut self, width: Width, a: u32, b: u32, count: u32) -> u32 {
        let count = count & LAST_FIVE;
        let (a64, b64) = (u64::from(a), u64::from(b));
        // With 16 bits and a larger count, `a` follows again; in the manual this is undefined.
        let row = match width {
            Width::Dword => a64 << 32 | b64,
            _ => a64 << 48 | b64 << 32 | a64 << 16,
        };
        let Some(before_last) = count.checked_sub(1) else {
            return a;
        };
        let shifted = row << before_last;
        let result = (shifted << 1 >> (64 - width.bits())) as u32;
        let carry = shifted >> 63 != 0;
        self.shift_flags(width, count, result, carry, carry != width.sign(result))
    }

    /// Shifts to the right, and shifts the second operand in from the left.
    pub(super) fn shrd(&mut self, width: Width, a: u32, b: u32, count: u32) -> u32 {
        let count = count & LAST_FIVE;
        let (a64, b64) = (u64::from(a), u64::from(b));
        let row = match width {
            Width::Dword => b64 << 32 | a64,
            _ => a64 << 32 | b64 << 16 | a64,
        };
        let Some(before_last) = count.checked_sub(1) else {
            return a;
        };
        let shifted = row >> before_last;
        let result = width.truncate((shifted >> 1) as u32);
        let overflow = width.sign(shifted as u32) != width.sign(result);
        self.shift_flags(width, count, result, shifted & 1 != 0, overflow)
    }

    pub(super) fn rol(&mut self, width: Width, value: u32, count: u32) -> u32 {
        let count = count & LAST_FIVE;
        let result = rotate_left(width.bits(), value.into(), count) as u32;
        let carry = result & 1 != 0;
        self.rotate_flags(count, carry, carry != width.sign(result));
        result
    }

    pub(super) fn ror(&mut self, width: Width, value: u32, count: u32) -> u32 {
        let count = count & LAST_FIVE;
        let bits = width.bits();
        let result = rotate_left(bits, value.into(), bits - count % bits) as u32;
        let carry = width.sign(result);
        self.rotate_flags(count, carry, carry != width.sign(result << 1));
        result
    }

    /// Rotates CF and the operand to the left, as a number with one more bit.
    pub(super) fn rcl(&mut self, width: Width, value: u32, count: u32) -> u32 {
        let count = count & LAST_FIVE;
        let bits = width.bits() + 1;
        self.rotate_with_carry(width, value, count % bits)
    }

    /// The same to the right.
    pub(super) fn rcr(&mut self, width: Width, value: u32, count: u32) -> u32 {
        let count = count & LAST_FIVE;
        let bits = width.bits() + 1;
        self.rotate_with_carry(width, value, (bits - count % bits) % bits)
    }

    fn rotate_with_carry(&mut self, width: Width, value: u32, count: u32) -> u32 {
        let with_carry = u64::from(self.flag(CF)) << width.bits() | u64::from(value);
        let rotated = rotate_left(width.bits() + 1, with_carry, count);
        let result = width.truncate(rotated as u32);
        let carry = rotated >> width.bits() != 0;
        self.rotate_flags(count, carry, width.sign(value ^ result));
        result
    }

    /// A rotation changes only CF and OF.
    fn rotate_flags(&mut self, count: u32, carry: bool, overflow: bool) {
        if count != 0 {
            self.set_flag(CF, carry);
            self.set_flag(OF, overflow);
        }
    }

    fn shift_flags(
        &mut self,
        width: Width,
        count: u32,
        result: u32,
        carry: bool,
        overflow: bool,
    ) -> u32 {
        if count != 0 {
            self.set_flag(CF, carry);
            self.set_flag(OF, overflow);
            self.set_flag(AF, false);
            self.set_result_flags(width, result);
        }
        result
    }
}

/// Rotates the lowest `bits` bits of a number to the left.
fn rotate_left(bits: u32, number: u64, count: u32) -> u64 {
    let count = count % bits;
    (number << count | number >> (bits - count)) & (u64::MAX >> (64 - bits))
}
