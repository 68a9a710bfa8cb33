// SPDX-License-Identifier: GPL-2.0

//! The control and debug registers. Values that the guest writes are checked first.
//!
//! Counterparts: `cr_interception()`, `cr8_write_interception()` and `dr_interception()` in
//! [`arch/x86/kvm/svm/svm.c`](srctree/arch/x86/kvm/svm/svm.c); `kvm_set_cr0()`, `kvm_set_cr4()` and
//! `kvm_lmsw()` in [`arch/x86/kvm/regs.c`](srctree/arch/x86/kvm/regs.c).

use kernel::prelude::*;

use super::{
    code::Code,
    mode::Mode,
    register::Register, //
};
use crate::{
    uapi::kvm::KVM_EXIT_SET_TPR,
    vcpu::{
        run::Next,
        sregs::{
            is_valid_cr0,
            CR0_ET,
            CR0_PG,
            CR4_PAE,
            CR4_VALID,
            CR8_MAX,
            EFER_LMA,
            EFER_LME, //
        },
        State,
        Vcpu, //
    }, //
};

/// The bits that exist in CR0. Writes to others are ignored.
const CR0_VALID: u64 = 0xe005_003f;
/// The bits of CR0 that `lmsw` writes: PE, MP, EM and TS. It does not clear PE.
const MSW: u64 = 0xf;
const CR0_TS: u64 = 1 << 3;

/// The bits of DR6 and DR7 that can be written, and those that are always set.
pub(super) const DR6_VOLATILE: u64 = 0xe00f;
const DR6_FIXED: u64 = 0xffff_0ff0;
const DR7_VOLATILE: u64 = 0xffff_2bff;
const DR7_FIXED: u64 = 0x400;

/// The value is not valid for the register.
struct Invalid;

impl State {
    /// Executes an instruction that reads or writes a control or debug register.
    pub(super) fn register_interception(&mut self, vcpu: &Vcpu) -> Result<Option<Next>> {
        let mut bytes = [0; 15];
        let fetched = self.fetch_again(vcpu, &mut bytes)?;
        let mode = Mode::of(&self.get_sregs());
        let tpr = self.sregs.cr8;
        let mut code = Code::new(bytes.get(..fetched).unwrap_or_default());
        match self.access_register(&mut code, mode) {
            Some(Ok(())) => self.go_to(self.cpu.rip.wrapping_add(code.position())),
            Some(Err(Invalid)) => self.queue_gp(),
            None => return Ok(None),
        }
        if self.sregs.cr8 < tpr {
            // Userspace emulates the interrupt controller, and may now deliver pending interrupts.
            vcpu.run.exit_reason(KVM_EXIT_SET_TPR);
            return Ok(Some(Next::ExitUserspace));
        }
        Ok(Some(Next::ReenterGuest))
    }

    /// Returns `None` if it is another instruction.
    fn access_register(&mut self, code: &mut Code<'_>, mode: Mode) -> Option<Result<(), Invalid>> {
        let is_word = code.has_operand_size_prefix(mode) != (mode == Mode::Bits16);
        let rex = code.skip_prefixes(mode);
        if code.byte()? != 0x0f {
            return None;
        }
        let opcode = code.byte()?;
        if opcode == 0x06 {
            return Some(self.set_cr0(self.cpu.cr0 & !CR0_TS));
        }
        let modrm = code.byte()?;
        let number = modrm >> 3 & 7 | rex << 1 & 8;
        let size = if mode == Mode::Bits64 { 8 } else { 4 };
        let general = |size| Register::new(modrm & 7, size, rex << 2 | 0x40);
        let value = general(size).get(&self.cpu.regs);
        let read = match (opcode, number & 7) {
            (0x20, _) => self.cr(number)?,
            (0x21, _) => self.dr(number)?,
            (0x22, _) => return Some(self.set_cr(number, value)),
            (0x23, _) => return Some(self.set_dr(number, value)),
            (0x01, 4) if modrm >= 0xc0 => self.cpu.cr0,
            (0x01, 6) if modrm >= 0xc0 => {
                return Some(self.set_cr0(self.cpu.cr0 & !(MSW & !1) | value & MSW))
            }
            _ => return None,
        };
        let size = if opcode == 0x01 && is_word && rex & 8 == 0 {
            2
        } else {
            size
        };
        general(size).set(&mut self.cpu.regs, read);
        Some(Ok(()))
    }

    fn cr(&self, number: u8) -> Option<u64> {
        match number {
            0 => Some(self.cpu.cr0),
            // Not intercepted, but QEMU exits for it anyway.
            2 => Some(self.sregs.cr2),
            3 => Some(self.sregs.cr3),
            4 => Some(self.sregs.cr4),
            8 => Some(self.sregs.cr8),
            _ => None,
        }
    }

    fn set_cr(&mut self, number: u8, value: u64) -> Result<(), Invalid> {
        match number {
            0 => self.set_cr0(value),
            2 => {
                self.sregs.cr2 = value;
                Ok(())
            }
            3 => {
                self.sregs.cr3 = value;
                Ok(())
            }
            4 => self.set_cr4(value),
            8 if value <= CR8_MAX => {
                self.sregs.cr8 = value;
                Ok(())
            }
            _ => Err(Invalid),
        }
    }

    /// Writes CR0. Enabling paging while EFER.LME is set enters long mode and sets EFER.LMA.
    fn set_cr0(&mut self, value: u64) -> Result<(), Invalid> {
        if !is_valid_cr0(value) {
            return Err(Invalid);
        }
        let has = |bits: u64| value & bits != 0;
        let was_paging = self.cpu.cr0 & CR0_PG != 0;
        let long = self.sregs.efer & EFER_LME != 0;
        let code_is_long = self.sregs.cs.l != 0;
        if long && !was_paging && has(CR0_PG) {
            if self.sregs.cr4 & CR4_PAE == 0 || code_is_long {
                return Err(Invalid);
            }
            self.sregs.efer |= EFER_LMA;
        }
        if long && was_paging && !has(CR0_PG) {
            if code_is_long {
                return Err(Invalid);
            }
            self.sregs.efer &= !EFER_LMA;
        }
        self.cpu.cr0 = value & CR0_VALID | CR0_ET;
        Ok(())
    }

    fn set_cr4(&mut self, value: u64) -> Result<(), Invalid> {
        let without_pae = self.sregs.efer & EFER_LMA != 0 && value & CR4_PAE == 0;
        if value & !CR4_VALID != 0 || without_pae {
            return Err(Invalid);
        }
        self.sregs.cr4 = value;
        Ok(())
    }

    fn dr(&self, number: u8) -> Option<u64> {
        match number {
            0..4 => self.debugregs.db.get(usize::from(number)).copied(),
            4 | 6 => Some(self.debugregs.dr6),
            5 | 7 => Some(self.debugregs.dr7),
            _ => None,
        }
    }

    fn set_dr(&mut self, number: u8, value: u64) -> Result<(), Invalid> {
        let low = u32::try_from(value).map(u64::from).map_err(|_| Invalid);
        match number {
            0..4 => {
                if let Some(db) = self.debugregs.db.get_mut(usize::from(number)) {
                    *db = value;
                }
            }
            4 | 6 => self.debugregs.dr6 = low? & DR6_VOLATILE | DR6_FIXED,
            5 | 7 => self.debugregs.dr7 = low? & DR7_VOLATILE | DR7_FIXED,
            _ => return Err(Invalid),
        }
        Ok(())
    }
}
