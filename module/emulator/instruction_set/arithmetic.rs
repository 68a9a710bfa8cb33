// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! Addition, subtraction, multiplication and division.
//!
//! SDM vol. 1, "Binary Arithmetic Instructions" and "Multiplication and Division Instructions".
//!
//! Counterparts: `em_add()`, `em_imul_3op()` and the like in
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
            AX,
            DX, //
        }, //
    },
    Bus,
    Context,
    Cpu,
    Operand,
    Stop,
    Width, //
};

// Addition and subtraction.

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

    /// Unlike `add` with 1, it leaves CF unchanged.
    pub(super) fn inc(&mut self, width: Width, a: u32) -> u32 {
        let carry = self.flag(CF);
        let result = self.add(width, a, 1);
        self.set_flag(CF, carry);
        result
    }

    /// Unlike `sub` with 1, it leaves CF unchanged.
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
        // Overflow: the operands have the same sign, and the result has the other one.
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
        // Overflow: the operands have different signs, and the result has that of the second.
        self.set_flag(OF, width.sign((a ^ b) & (a ^ result)));
        self.set_result_flags(width, result);
        result
    }
}

// Multiplication and division.

impl<B: Bus> Context<'_, B> {
    pub(super) fn mul(&mut self, factor: Operand) -> Result<(), Stop<B::Error>> {
        let value = self.read_operand(factor)?;
        self.cpu.multiply(factor.width(), value);
        Ok(())
    }

    /// `imul` has one operand, two or three.
    pub(super) fn imul(&mut self, operands: [Operand; 3]) -> Result<(), Stop<B::Error>> {
        match operands {
            [factor, Operand::None, _] => {
                let value = self.read_operand(factor)?;
                self.cpu.multiply_signed(factor.width(), value);
                Ok(())
            }
            [destination, factor, Operand::None] => {
                self.modify(destination, factor, Cpu::signed_product)
            }
            [destination, a, b] => {
                let (a, b) = (self.read_operand(a)?, self.read_operand(b)?);
                let product = self.cpu.signed_product(destination.width(), a, b);
                self.write_operand(destination, product)
            }
        }
    }

    /// `div` and `idiv`.
    pub(super) fn divide(
        &mut self,
        divisor: Operand,
        operation: fn(&mut Cpu, Width, u32) -> Result<(), Exception>,
    ) -> Result<(), Stop<B::Error>> {
        let value = self.read_operand(divisor)?;
        Ok(operation(self.cpu, divisor.width(), value)?)
    }
}

impl Cpu {
    fn multiply(&mut self, width: Width, factor: u32) {
        let product = u64::from(self.register(width, AX)) * u64::from(factor);
        self.set_double(width, product);
        self.set_product_flags(width, product as u32, product >> width.bits() != 0);
    }

    fn multiply_signed(&mut self, width: Width, factor: u32) {
        let product = wide_product(width, self.register(width, AX), factor);
        self.set_double(width, product as u64);
        self.set_product_flags(width, product as u32, !fits(width, product));
    }

    fn signed_product(&mut self, width: Width, a: u32, b: u32) -> u32 {
        let product = wide_product(width, a, b);
        self.set_product_flags(width, product as u32, !fits(width, product));
        product as u32
    }

    pub(super) fn div(&mut self, width: Width, divisor: u32) -> Result<(), Exception> {
        let (dividend, divisor) = (self.double(width), u64::from(divisor));
        let quotient = dividend.checked_div(divisor).ok_or(DivideError)?;
        let remainder = dividend.checked_rem(divisor).ok_or(DivideError)?;
        if quotient > width.mask().into() {
            return Err(DivideError);
        }
        self.set_quotient(width, quotient as u32, remainder as u32);
        Ok(())
    }

    pub(super) fn idiv(&mut self, width: Width, divisor: u32) -> Result<(), Exception> {
        let unused = 64 - 2 * width.bits();
        let dividend = (self.double(width) << unused) as i64 >> unused;
        let divisor = i64::from(width.signed(divisor));
        let quotient = dividend.checked_div(divisor).ok_or(DivideError)?;
        let remainder = dividend.checked_rem(divisor).ok_or(DivideError)?;
        if !fits(width, quotient) {
            return Err(DivideError);
        }
        self.set_quotient(width, quotient as u32, remainder as u32);
        Ok(())
    }

    /// Returns the operand of double width: AX, DX:AX or EDX:EAX.
    fn double(&self, width: Width) -> u64 {
        match width {
            Width::Byte => self.register(Width::Word, AX).into(),
            _ => {
                let high = u64::from(self.register(width, DX));
                high << width.bits() | u64::from(self.register(width, AX))
            }
        }
    }

    fn set_double(&mut self, width: Width, value: u64) {
        match width {
            Width::Byte => self.set_register(Width::Word, AX, value as u32),
            _ => {
                self.set_register(width, AX, value as u32);
                self.set_register(width, DX, (value >> width.bits()) as u32);
            }
        }
    }

    fn set_quotient(&mut self, width: Width, quotient: u32, remainder: u32) {
        let high = match width {
            Width::Byte => AH,
            _ => DX,
        };
        self.set_register(width, AX, quotient);
        self.set_register(width, high, remainder);
    }

    fn set_product_flags(&mut self, width: Width, low: u32, overflow: bool) {
        self.set_flag(CF | OF, overflow);
        self.set_flag(AF, false);
        self.set_result_flags(width, low);
    }
}

fn wide_product(width: Width, a: u32, b: u32) -> i64 {
    i64::from(width.signed(a)) * i64::from(width.signed(b))
}

/// Whether a signed number fits into this width.
fn fits(width: Width, number: i64) -> bool {
    number == width.signed(number as u32).into()
}
