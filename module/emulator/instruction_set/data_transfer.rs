// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! Moves, exchanges and conversions.
//!
//! SDM vol. 1, "Data Transfer Instructions".

use super::{
    super::registers::{
        AX,
        DX, //
    },
    Bus,
    Cpu,
    Execution,
    Operand,
    Outcome,
    Width, //
};

impl<B: Bus> Execution<'_, B> {
    /// `mov`, and all that differs from it only in its operands.
    pub(super) fn mov(&mut self, destination: Operand, source: Operand) -> Outcome<B> {
        let value = self.read(source)?;
        self.write(destination, value)
    }

    pub(super) fn movsx(&mut self, destination: Operand, source: Operand) -> Outcome<B> {
        let value = self.read(source)?;
        self.write(destination, source.width().signed(value) as u32)
    }

    /// Reads the source in any case, and writes the destination too: with 32 bits, the upper half
    /// of the register is cleared even where nothing is moved.
    pub(super) fn cmovcc(&mut self, code: u8, first: Operand, second: Operand) -> Outcome<B> {
        let value = self.read(second)?;
        let value = match self.cpu.condition(code) {
            true => value,
            false => self.read(first)?,
        };
        self.write(first, value)
    }

    /// With memory it is atomic, even without `lock`.
    pub(super) fn xchg(&mut self, first: Operand, second: Operand) -> Outcome<B> {
        if let Operand::Memory(..) = first {
            self.bus.lock();
        }
        let (a, b) = (self.read(first)?, self.read(second)?);
        self.write(first, b)?;
        self.write(second, a)
    }

    pub(super) fn xadd(&mut self, first: Operand, second: Operand) -> Outcome<B> {
        let (a, b) = (self.read(first)?, self.read(second)?);
        let sum = self.cpu.add(first.width(), a, b);
        self.write(second, a)?;
        self.write(first, sum)
    }

    /// If the accumulator is as the first operand, this becomes as the second; if not, the
    /// accumulator becomes as the first. Memory is written either way.
    pub(super) fn cmpxchg(&mut self, first: Operand, second: Operand) -> Outcome<B> {
        let width = first.width();
        let accumulator = self.cpu.register(width, AX);
        let (value, new) = (self.read(first)?, self.read(second)?);
        self.cpu.sub(width, accumulator, value);
        if accumulator == value {
            self.write(first, new)
        } else {
            self.write(first, value)?;
            self.write(Operand::Register(width, AX), value)
        }
    }
}

impl Cpu {
    /// Turns the bytes of a register around. What 16 bits give is undefined; processors give 0.
    pub(super) fn bswap(&mut self, width: Width, value: u32) -> u32 {
        match width {
            Width::Dword => value.swap_bytes(),
            _ => 0,
        }
    }

    /// `cbw` and `cwde`: the accumulator made twice as wide, to this width.
    pub(super) fn cbw(&mut self, width: Width) {
        let half = match width {
            Width::Dword => Width::Word,
            _ => Width::Byte,
        };
        let value = half.signed(self.register(half, AX));
        self.set_register(width, AX, value as u32);
    }

    /// `cwd` and `cdq`: DX or EDX becomes the sign of the accumulator.
    pub(super) fn cwd(&mut self, width: Width) {
        let negative = width.sign(self.register(width, AX));
        self.set_register(width, DX, if negative { u32::MAX } else { 0 });
    }
}
