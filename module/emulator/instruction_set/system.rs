// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! What an operating system uses, as far as real mode has any of it.
//!
//! SDM vol. 3, "System Instruction Summary".

use super::{
    super::{
        cpu::DescriptorTable,
        exceptions::Exception::{
            self,
            DeviceNotAvailable, //
        }, //
    },
    Bus,
    Cpu,
    Execution,
    Operand,
    Outcome,
    Width, //
};

/// CR0.MP: `wait` heeds TS.
const MP: u64 = 1 << 1;
/// CR0.TS: the floating-point registers belong to another task.
const TS: u64 = 1 << 3;

impl<B: Bus> Execution<'_, B> {
    /// `sgdt` and `sidt`. The base has 32 bits whatever the operand size.
    pub(super) fn store_table(&mut self, memory: Operand, table: DescriptorTable) -> Outcome<B> {
        let [a, b] = table.limit.to_le_bytes();
        let [c, d, e, f] = table.base.to_le_bytes();
        self.store_bytes(memory.address()?, &[a, b, c, d, e, f])
    }

    /// `lgdt` and `lidt`. Of the base, an operand size of 16 bits takes 24.
    pub(super) fn load_table(&mut self, memory: Operand) -> Outcome<B, DescriptorTable> {
        let mut data = [0; 6];
        self.load_bytes(memory.address()?, &mut data)?;
        let [a, b, c, d, e, f] = data;
        let f = match memory.width() {
            Width::Dword => f,
            _ => 0,
        };
        Ok(DescriptorTable {
            base: u32::from_le_bytes([c, d, e, f]),
            limit: u16::from_le_bytes([a, b]),
        })
    }
}

impl Cpu {
    pub(super) fn clts(&mut self) {
        self.cr0 &= !TS;
    }

    /// There is no floating-point unit that could be waited for.
    pub(super) fn wait(&self) -> Result<(), Exception> {
        match self.cr0 & (MP | TS) == MP | TS {
            true => Err(DeviceNotAvailable),
            false => Ok(()),
        }
    }
}
