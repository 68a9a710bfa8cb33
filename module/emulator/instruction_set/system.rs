// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! The flags register as a whole, and the system instructions that real mode has.
//!
//! SDM vol. 1, "Flag Control (EFLAG) Instructions"; vol. 3, "System Instruction Summary".
//!
//! Counterparts: `em_pushf()`, `em_sgdt()`, `em_cpuid()` and the like in
//! [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::{
    super::{
        cpu::DescriptorTable,
        exceptions::Exception::{
            self,
            DeviceNotAvailable, //
        },
        flags::{
            AF,
            CF,
            IF,
            PF,
            SF,
            ZF, //
        },
        registers::{
            AH,
            AX,
            BX,
            CX,
            DX, //
        }, //
    },
    Bus,
    Context,
    Cpu,
    Operand,
    Stop,
    Width::{
        self,
        Byte,
        Dword, //
    }, //
};

// The flags register.

/// The flags that `lahf` and `sahf` transfer.
const ARITHMETIC: u64 = SF | ZF | AF | PF | CF;
/// The flags that `pushfd` stores as 0: RF and VM.
const NOT_PUSHED: u64 = 3 << 16;

impl<B: Bus> Context<'_, B> {
    pub(super) fn pushf(&mut self) -> Result<(), Stop<B::Error>> {
        let flags = self.cpu.rflags & !NOT_PUSHED;
        self.push(self.operand_size(), flags as u32)
    }

    pub(super) fn popf(&mut self) -> Result<(), Stop<B::Error>> {
        let size = self.operand_size();
        let flags = self.pop(size)?;
        self.cpu.load_flags(size, flags);
        Ok(())
    }
}

impl<B: Bus> Context<'_, B> {
    /// Interrupts stay blocked for one more instruction, which may be `ret` or `hlt`.
    pub(super) fn sti(&mut self) {
        if !self.cpu.flag(IF) {
            self.cpu.set_flag(IF, true);
            self.bus().set_interrupt_shadow();
        }
    }
}

impl Cpu {
    pub(super) fn lahf(&mut self) {
        self.set_register(Byte, AH, self.rflags as u32);
    }

    pub(super) fn sahf(&mut self) {
        let flags = u64::from(self.register(Byte, AH));
        self.rflags = self.rflags & !ARITHMETIC | flags & ARITHMETIC;
    }

    /// Fills AL with CF. Intel has documented the instruction only recently.
    pub(super) fn salc(&mut self) {
        self.set_register(Byte, AX, if self.flag(CF) { 0xff } else { 0 });
    }
}

// Descriptor tables, CR0 and `cpuid`.

/// CR0.MP: `wait` checks TS.
const MP: u64 = 1 << 1;
/// CR0.TS: the floating-point registers belong to another task.
const TS: u64 = 1 << 3;

impl<B: Bus> Context<'_, B> {
    /// `sgdt` and `sidt`. The base has 32 bits whatever the operand size.
    pub(super) fn store_table(
        &mut self,
        memory: Operand,
        table: DescriptorTable,
    ) -> Result<(), Stop<B::Error>> {
        let [a, b] = table.limit.to_le_bytes();
        let [c, d, e, f] = table.base.to_le_bytes();
        let place = self.place(memory)?;
        self.segmented_write_bytes(place, [a, b, c, d, e, f])
    }

    /// `lgdt` and `lidt`. With an operand size of 16 bits, the base has 24 bits.
    pub(super) fn load_table(
        &mut self,
        memory: Operand,
    ) -> Result<DescriptorTable, Stop<B::Error>> {
        let place = self.place(memory)?;
        let [a, b, c, d, e, f] = self.segmented_read_bytes(place)?;
        let f = match memory.width() {
            Width::Dword => f,
            _ => 0,
        };
        Ok(DescriptorTable {
            base: u32::from_le_bytes([c, d, e, f]),
            limit: u16::from_le_bytes([a, b]),
        })
    }

    pub(super) fn cpuid(&mut self) {
        let leaf = self.cpu.register(Dword, AX);
        let subleaf = self.cpu.register(Dword, CX);
        let [eax, ebx, ecx, edx] = self.bus().get_cpuid(leaf, subleaf);
        self.cpu.set_register(Dword, AX, eax);
        self.cpu.set_register(Dword, BX, ebx);
        self.cpu.set_register(Dword, CX, ecx);
        self.cpu.set_register(Dword, DX, edx);
    }
}

impl Cpu {
    pub(super) fn clts(&mut self) {
        self.cr0 &= !TS;
    }

    /// There is no floating-point unit to wait for.
    pub(super) fn wait(&self) -> Result<(), Exception> {
        match self.cr0 & (MP | TS) == MP | TS {
            true => Err(DeviceNotAvailable),
            false => Ok(()),
        }
    }
}
