// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! String instructions, and `rep`.
//!
//! SDM vol. 1, "String Operations". `ins` and `outs` are in `io.rs`.
//!
//! Counterparts: `string_addr_inc()` and the end of `x86_emulate_insn()` in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::{
    super::{
        flags::{
            DF,
            RF,
            ZF, //
        },
        registers::{
            DI,
            SI, //
        }, //
    },
    Bus,
    Context,
    Cpu,
    Operand,
    Operation::*,
    Repeat,
    Stop, //
};

impl<B: Bus> Context<'_, B> {
    /// Executes a string instruction; if it repeats, one iteration, or none if the count is 0.
    pub(super) fn string(&mut self, first: Operand, second: Operand) -> Result<(), Stop<B::Error>> {
        let Some(repeat) = self.instruction.prefixes.repeat else {
            return self.string_once(first, second);
        };
        if self.count() == 0 {
            return Ok(());
        }
        self.string_once(first, second)?;
        self.count_down();
        if self.has_found(repeat) {
            return Ok(());
        }
        // The exit of `ins` comes before its read, so the bus no longer reports it as pending.
        let interrupted = self.bus().exit_pending() || self.instruction.operation == Ins;
        if self.count() != 0 || interrupted {
            self.again();
            self.cpu.set_flag(RF, interrupted);
        }
        Ok(())
    }

    fn string_once(&mut self, first: Operand, second: Operand) -> Result<(), Stop<B::Error>> {
        let operation = self.instruction.operation;
        match operation {
            Cmps | Scas => self.compare(first, second, Cpu::sub)?,
            Ins => self.ins(first, second)?,
            Outs => self.outs(first, second)?,
            _ => self.mov(first, second)?,
        }
        let width = match operation {
            Outs => second.width(),
            _ => first.width(),
        };
        let distance = match self.cpu.flag(DF) {
            true => -(width.bytes() as i32),
            false => width.bytes() as i32,
        };
        if let Movs | Cmps | Lods | Outs = operation {
            self.advance(SI, distance);
        }
        if let Movs | Cmps | Scas | Stos | Ins = operation {
            self.advance(DI, distance);
        }
        Ok(())
    }

    fn advance(&mut self, index: u8, distance: i32) {
        let size = self.address_size();
        let offset = self.cpu.register(size, index);
        let offset = offset.wrapping_add_signed(distance);
        self.cpu.set_register(size, index, offset);
    }

    /// Whether a comparison has produced the result that ends the repetition.
    fn has_found(&self, repeat: Repeat) -> bool {
        match self.instruction.operation {
            Cmps | Scas => self.cpu.flag(ZF) != (repeat == Repeat::Equal),
            _ => false,
        }
    }
}
