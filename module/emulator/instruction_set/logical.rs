// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! Bitwise operations, and operations on single bits.
//!
//! SDM vol. 1, "Logical Instructions" and "Bit and Byte Instructions".
//!
//! Counterparts: `em_and()`, `em_bsf_c()` and the like in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::{
    super::{
        flags::{
            AF,
            CF,
            OF, //
        }, //
    },
    Bus,
    Context,
    Cpu,
    Operand,
    Stop,
    Width, //
};

impl Cpu {
    pub(super) fn and(&mut self, width: Width, a: u32, b: u32) -> u32 {
        self.logical_flags(width, a & b)
    }

    pub(super) fn or(&mut self, width: Width, a: u32, b: u32) -> u32 {
        self.logical_flags(width, a | b)
    }

    pub(super) fn xor(&mut self, width: Width, a: u32, b: u32) -> u32 {
        self.logical_flags(width, a ^ b)
    }

    /// The only logical operation that leaves the flags unchanged.
    pub(super) fn not(&mut self, width: Width, a: u32) -> u32 {
        width.truncate(!a)
    }

    fn logical_flags(&mut self, width: Width, result: u32) -> u32 {
        self.set_flag(CF | AF | OF, false);
        self.set_result_flags(width, result);
        result
    }
}

// Single bits, and bytes that represent a condition.

impl<B: Bus> Context<'_, B> {
    /// Moves the memory operand to the bit that `bt`, `bts`, `btr` or `btc` selects: a bit number
    /// in a register can lead far beyond the operand; an immediate number cannot.
    fn move_to_bit(&mut self, first: Operand, number: Operand) -> Result<(), Stop<B::Error>> {
        if let (Operand::Memory(width), Operand::Register(..)) = (first, number) {
            let number = width.signed(self.read_operand(number)?);
            self.move_memory((number & -(width.bits() as i32)) >> 3);
        }
        Ok(())
    }

    pub(super) fn bit_test(
        &mut self,
        first: Operand,
        number: Operand,
    ) -> Result<(), Stop<B::Error>> {
        self.move_to_bit(first, number)?;
        self.compare(first, number, Cpu::bt)
    }

    /// `bts`, `btr` and `btc`.
    pub(super) fn bit_modify(
        &mut self,
        first: Operand,
        number: Operand,
        operation: impl FnOnce(&mut Cpu, Width, u32, u32) -> u32,
    ) -> Result<(), Stop<B::Error>> {
        self.move_to_bit(first, number)?;
        self.modify(first, number, operation)
    }

    pub(super) fn setcc(&mut self, code: u8, destination: Operand) -> Result<(), Stop<B::Error>> {
        let value = self.cpu.condition(code);
        self.write_operand(destination, value.into())
    }
}

impl Cpu {
    fn bt(&mut self, width: Width, value: u32, number: u32) -> u32 {
        self.set_flag(CF, value & bit(width, number) != 0);
        value
    }

    pub(super) fn bts(&mut self, width: Width, value: u32, number: u32) -> u32 {
        self.bt(width, value, number) | bit(width, number)
    }

    pub(super) fn btr(&mut self, width: Width, value: u32, number: u32) -> u32 {
        self.bt(width, value, number) & !bit(width, number)
    }

    pub(super) fn btc(&mut self, width: Width, value: u32, number: u32) -> u32 {
        self.bt(width, value, number) ^ bit(width, number)
    }

    /// Returns the number of the lowest set bit. If there is none, returns the destination.
    pub(super) fn bsf(&mut self, width: Width, destination: u32, source: u32) -> u32 {
        self.scan_flags(width, source);
        match source {
            0 => destination,
            _ => source.trailing_zeros(),
        }
    }

    /// Returns the number of the highest set bit. If there is none, returns the destination.
    pub(super) fn bsr(&mut self, width: Width, destination: u32, source: u32) -> u32 {
        self.scan_flags(width, source);
        source.checked_ilog2().unwrap_or(destination)
    }

    /// Sets the flags of a scan. ZF depends on the source.
    fn scan_flags(&mut self, width: Width, source: u32) {
        self.set_flag(CF | AF | OF, false);
        self.set_result_flags(width, source);
    }
}

fn bit(width: Width, number: u32) -> u32 {
    1 << (number & (width.bits() - 1))
}
