// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! What most instructions do: compute a value from one or two operands, and store it in the first.
//!
//! Counterpart: `EM_ASM_2` and its like in [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::{
    Bus,
    Context,
    Cpu,
    Operand,
    Stop,
    Width, //
};

impl<B: Bus> Context<'_, B> {
    // ANCHOR: modify
    /// Computes a value from both operands, and stores it in the first.
    #[inline]
    pub(super) fn modify(
        &mut self,
        destination: Operand,
        source: Operand,
        operation: impl FnOnce(&mut Cpu, Width, u32, u32) -> u32,
    ) -> Result<(), Stop<B::Error>> {
        let width = destination.width();
        let first = self.read_operand(destination)?;
        let second = width.truncate(self.read_operand(source)?);
        let result = operation(self.cpu, width, first, second);
        self.write_operand(destination, result)
    }
    // ANCHOR_END: modify

    /// Like [`modify`](Self::modify), with one operand.
    #[inline]
    pub(super) fn modify_alone(
        &mut self,
        operand: Operand,
        operation: impl Fn(&mut Cpu, Width, u32) -> u32,
    ) -> Result<(), Stop<B::Error>> {
        if let Operand::Register(width, number) = operand {
            width.known(|width| {
                let value = self.cpu.register(width, number);
                let result = operation(self.cpu, width, value);
                self.cpu.set_register(width, number, result);
            });
            return Ok(());
        }
        let value = self.read_operand(operand)?;
        let result = operation(self.cpu, operand.width(), value);
        self.write_operand(operand, result)
    }

    /// Like [`modify`](Self::modify), but drops the result and keeps only the flags.
    #[inline]
    pub(super) fn compare(
        &mut self,
        first: Operand,
        second: Operand,
        operation: impl FnOnce(&mut Cpu, Width, u32, u32) -> u32,
    ) -> Result<(), Stop<B::Error>> {
        let width = first.width();
        let first = self.read_operand(first)?;
        let second = width.truncate(self.read_operand(second)?);
        operation(self.cpu, width, first, second);
        Ok(())
    }
}
