// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! Operations on bits that stay in their places, and on single bits.
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

    /// The only one that leaves the flags.
    pub(super) fn not(&mut self, width: Width, a: u32) -> u32 {
        width.truncate(!a)
    }

    fn logical_flags(&mut self, width: Width, result: u32) -> u32 {
        self.set_flag(CF | AF | OF, false);
        self.set_result_flags(width, result);
        result
    }
}

// Single bits, and bytes that stand for one.

impl<B: Bus> Context<'_, B> {
    /// Moves to where the bit is that `bt` and its kin are about: the number of a bit, in a register,
    /// can lead far away from the operand in memory; an immediate number cannot.
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

    /// The number of the lowest bit that is set. If there is none, the destination stays.
    pub(super) fn bsf(&mut self, width: Width, destination: u32, source: u32) -> u32 {
        self.scan_flags(width, source);
        match source {
            0 => destination,
            _ => source.trailing_zeros(),
        }
    }

    /// The number of the highest bit that is set. If there is none, the destination stays.
    pub(super) fn bsr(&mut self, width: Width, destination: u32, source: u32) -> u32 {
        self.scan_flags(width, source);
        source.checked_ilog2().unwrap_or(destination)
    }

    /// ZF is about the source.
    fn scan_flags(&mut self, width: Width, source: u32) {
        self.set_flag(CF | AF | OF, false);
        self.set_result_flags(width, source);
    }
}

fn bit(width: Width, number: u32) -> u32 {
    1 << (number & (width.bits() - 1))
}
