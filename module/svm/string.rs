// SPDX-License-Identifier: GPL-2.0

//! String instructions: `movs`, `stos`, `lods`, `ins` and `outs`, repeated or not.
//!
//! Counterparts: `string_addr_inc()`, `pio_in_emulated()` and the end of `x86_emulate_insn()` in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::{
    emulate::{
        Emulator,
        Trap, //
    },
    instruction::{
        Instruction,
        Operation::*,
        ES, //
    },
};
use crate::emulator::flags::{
    DF,
    RF, //
};

const RCX: usize = 1;
const RDX: usize = 2;
const RSI: usize = 6;
const RDI: usize = 7;

/// The maximum number of bytes that KVM reads from a port at once.
const READ_AHEAD: u64 = 1024;

impl Emulator<'_> {
    /// Executes one iteration. Returns whether the instruction is complete.
    pub(super) fn string(&mut self, it: &Instruction) -> Result<bool, Trap> {
        let mask = it.address_mask;
        let count = self.cpu.regs[RCX] & mask;
        if it.repeat && count == 0 {
            return Ok(true);
        }
        let port = self.cpu.regs[RDX] as u16;
        let to = self.cpu.regs[RDI] & mask;
        match it.operation {
            Movs => {
                let value = self.read(it.segment, it.offset, it.size)?;
                self.write(ES, to, it.size, value)?;
            }
            Stos => self.write(ES, to, it.size, it.register.get(&self.cpu.regs))?,
            Lods => {
                let value = self.read(it.segment, it.offset, it.size)?;
                it.register.set(&mut self.cpu.regs, value);
            }
            Ins => {
                // Check first: a value from a port would be lost if it could not be stored.
                self.linear(ES, to, it.size)?;
                let values = if it.repeat {
                    self.read_ahead(count, it.size)
                } else {
                    1
                };
                let mut data = [0; 8];
                let value = data.get_mut(..it.size).unwrap_or_default();
                self.bus.emulator_pio_in(port, value, values)?;
                self.write(ES, to, it.size, u64::from_le_bytes(data))?;
            }
            _ => {
                let data = self.read(it.segment, it.offset, it.size)?.to_le_bytes();
                let value = data.get(..it.size).unwrap_or_default();
                self.bus.emulator_pio_out_string(port, value);
            }
        }
        let step = match self.cpu.rflags & DF {
            0 => it.size as u64,
            _ => (it.size as u64).wrapping_neg(),
        };
        if matches!(it.operation, Movs | Lods | Outs) {
            self.advance(RSI, mask, step);
        }
        if matches!(it.operation, Movs | Stos | Ins) {
            self.advance(RDI, mask, step);
        }
        if it.repeat {
            // A breakpoint must not stop it before the next iteration.
            self.cpu.rflags |= RF;
            self.advance(RCX, mask, 1u64.wrapping_neg());
        }
        // The next iteration checks whether the count is 0.
        Ok(!it.repeat)
    }

    /// Adds to a register, with the size of an address. 32 bits clear the upper half.
    fn advance(&mut self, register: usize, mask: u64, step: u64) {
        let value = &mut self.cpu.regs[register];
        let sum = value.wrapping_add(step) & mask;
        *value = if mask == 0xffff {
            *value & !mask | sum
        } else {
            sum
        };
    }

    /// Returns how many values `rep ins` may read at once: `pio_in_emulated()`.
    fn read_ahead(&self, count: u64, size: usize) -> u32 {
        let in_page = self.cpu.regs[RDI] & 0xfff;
        let in_page = match self.cpu.rflags & DF {
            0 => 0x1000 - in_page,
            _ => in_page,
        };
        count.min(in_page).min(READ_AHEAD / size as u64).max(1) as u32
    }
}
