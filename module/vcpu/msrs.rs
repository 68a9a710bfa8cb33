// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_MSRS` and `KVM_SET_MSRS`: the model-specific registers of a vCPU.
//!
//! Counterparts: `__msr_io()`, `__kvm_set_msr()` and `kvm_set_msr_common()` in
//! [`arch/x86/kvm/msrs.c`](srctree/arch/x86/kvm/msrs.c); `svm_get_msr()` and `svm_set_msr()` in
//! [`arch/x86/kvm/svm/svm.c`](srctree/arch/x86/kvm/svm/svm.c).
//!
//! The interpreter has neither `rdmsr` nor `wrmsr`, and no instruction that depends on these MSRs.
//! It keeps them for userspace. EFER, the APIC base and the bases of FS and GS are MSRs too, but
//! [`KvmSregs`] contains them.

use kernel::{
    alloc::KVVec,
    prelude::*, //
};

use super::{
    sregs::{
        APIC_BASE_VALID,
        CR0_PG, //
    },
    State, //
};
use crate::{
    abstractions::cpu::rdtsc,
    limits::MAX_IO_MSRS,
    uaccess::copy_from_user,
    uapi::kvm::*,
    user_list::{
        copy_entries_from_user,
        copy_entries_to_user, //
    }, //
};

/// The list of `KVM_GET_MSR_INDEX_LIST`: the MSRs that a migration must carry over, except those
/// that `KVM_GET_SREGS` returns.
pub(crate) static MSRS_TO_SAVE: [u32; 13] = [
    MSR_IA32_SYSENTER_CS,
    MSR_IA32_SYSENTER_ESP,
    MSR_IA32_SYSENTER_EIP,
    MSR_STAR,
    MSR_CSTAR,
    MSR_KERNEL_GS_BASE,
    MSR_SYSCALL_MASK,
    MSR_LSTAR,
    MSR_IA32_TSC,
    MSR_IA32_CR_PAT,
    MSR_TSC_AUX,
    MSR_IA32_MISC_ENABLE,
    MSR_MTRR_DEF_TYPE,
];

/// WB, WT, UC- and UC, and the same again.
const PAT_RESET: u64 = 0x0007_0406_0007_0406;
/// No branch trace and no precise event-based sampling.
const MISC_ENABLE_RESET: u64 = 1 << 11 | 1 << 12;
/// The default memory type, and the two enable bits.
const MTRR_DEF_TYPE_VALID: u64 = 0xcff;

/// SCE, LME, LMA and NX. `KVM_SET_SREGS` checks `cpuid` too; `KVM_SET_MSRS` does not, as in KVM.
const EFER_VALID: u64 = 1 << 0 | 1 << 8 | EFER_LMA | 1 << 11;
const EFER_LMA: u64 = 1 << 10;

const FS: usize = 4;
const GS: usize = 5;

/// The model-specific registers that [`KvmSregs`] does not contain.
pub(crate) struct Msrs {
    pub(crate) sysenter_cs: u64,
    pub(crate) sysenter_esp: u64,
    pub(crate) sysenter_eip: u64,
    pub(crate) star: u64,
    pub(crate) lstar: u64,
    pub(crate) cstar: u64,
    pub(crate) syscall_mask: u64,
    pub(crate) kernel_gs_base: u64,
    pub(crate) tsc_aux: u64,
    /// The guest's TSC minus the host's, modulo 2^64.
    pub(crate) tsc_offset: u64,
    pub(crate) pat: u64,
    pub(crate) misc_enable: u64,
    pub(crate) mtrr_def_type: u64,
}

impl Msrs {
    /// Returns the values after reset. INIT changes none of them.
    pub(super) fn at_reset() -> Self {
        Msrs {
            sysenter_cs: 0,
            sysenter_esp: 0,
            sysenter_eip: 0,
            star: 0,
            lstar: 0,
            cstar: 0,
            syscall_mask: 0,
            kernel_gs_base: 0,
            tsc_aux: 0,
            tsc_offset: 0u64.wrapping_sub(rdtsc()),
            pat: PAT_RESET,
            misc_enable: MISC_ENABLE_RESET,
            mtrr_def_type: 0,
        }
    }
}

/// Returns the number of MSRs read: it stops at the first that the vCPU does not have.
///
/// # Errors
///
/// `E2BIG` if there are 256 entries or more; `EFAULT`; `ENOMEM`.
pub(super) fn get(state: &State, arg: usize) -> Result<isize> {
    get_entries(arg, |index| state.get_msr(index))
}

/// Returns the number of MSRs written: it stops at the first that the vCPU does not have, or that
/// cannot have this value.
///
/// # Errors
///
/// `E2BIG` if there are 256 entries or more; `EFAULT`; `ENOMEM`.
pub(super) fn set(state: &mut State, arg: usize) -> Result<isize> {
    let entries = entries(arg)?;
    let written = entries
        .iter()
        .map_while(|entry| state.set_msr(entry.index, entry.data));
    Ok(written.count() as isize)
}

/// Reads MSRs up to the first that `get_msr` does not know.
pub(crate) fn get_entries(arg: usize, get_msr: impl Fn(u32) -> Option<u64>) -> Result<isize> {
    let mut entries = entries(arg)?;
    let read = entries.iter_mut().map_while(|entry| {
        let data = get_msr(entry.index);
        entry.data = data.unwrap_or_default();
        data
    });
    let n = read.count();
    copy_entries_to_user::<KvmMsrs, _>(arg, &entries)?;
    Ok(n as isize)
}

fn entries(arg: usize) -> Result<KVVec<KvmMsrEntry>> {
    let header: KvmMsrs = copy_from_user(arg)?;
    let n = header.nmsrs as usize;
    if n >= MAX_IO_MSRS {
        return Err(E2BIG);
    }
    copy_entries_from_user::<KvmMsrs, _>(arg, n)
}

impl State {
    /// Reads an MSR. Returns `None` if the vCPU does not have it.
    pub(crate) fn get_msr(&self, index: u32) -> Option<u64> {
        let msrs = &self.msrs;
        Some(match index {
            MSR_IA32_TSC => rdtsc().wrapping_add(msrs.tsc_offset),
            MSR_IA32_APICBASE => self.sregs.apic_base,
            MSR_IA32_SYSENTER_CS => msrs.sysenter_cs,
            MSR_IA32_SYSENTER_ESP => msrs.sysenter_esp,
            MSR_IA32_SYSENTER_EIP => msrs.sysenter_eip,
            MSR_IA32_MISC_ENABLE => msrs.misc_enable,
            MSR_IA32_CR_PAT => msrs.pat,
            MSR_MTRR_DEF_TYPE => msrs.mtrr_def_type,
            MSR_EFER => self.sregs.efer,
            MSR_STAR => msrs.star,
            MSR_LSTAR => msrs.lstar,
            MSR_CSTAR => msrs.cstar,
            MSR_SYSCALL_MASK => msrs.syscall_mask,
            MSR_FS_BASE => self.get_sregs().fs.base,
            MSR_GS_BASE => self.get_sregs().gs.base,
            MSR_KERNEL_GS_BASE => msrs.kernel_gs_base,
            MSR_TSC_AUX => msrs.tsc_aux,
            _ => return None,
        })
    }

    /// Writes an MSR. Returns `None` if the vCPU does not have it, or if it cannot have the value.
    pub(crate) fn set_msr(&mut self, index: u32, data: u64) -> Option<()> {
        let msrs = &mut self.msrs;
        match index {
            MSR_IA32_TSC => msrs.tsc_offset = data.wrapping_sub(rdtsc()),
            MSR_IA32_APICBASE => {
                self.sregs.apic_base = Some(data).filter(|it| it & !APIC_BASE_VALID == 0)?
            }
            MSR_IA32_SYSENTER_CS => msrs.sysenter_cs = data,
            MSR_IA32_SYSENTER_ESP => msrs.sysenter_esp = canonical(data),
            MSR_IA32_SYSENTER_EIP => msrs.sysenter_eip = canonical(data),
            MSR_IA32_MISC_ENABLE => msrs.misc_enable = data,
            MSR_IA32_CR_PAT => msrs.pat = Some(data).filter(|it| is_valid_pat(*it))?,
            MSR_MTRR_DEF_TYPE => {
                msrs.mtrr_def_type = Some(data).filter(|it| is_valid_mtrr_def_type(*it))?
            }
            MSR_EFER => self.set_efer(data)?,
            MSR_STAR => msrs.star = data,
            MSR_LSTAR => msrs.lstar = address(data)?,
            MSR_CSTAR => msrs.cstar = address(data)?,
            MSR_SYSCALL_MASK => msrs.syscall_mask = data,
            MSR_FS_BASE => {
                self.sregs.fs.base = address(data)?;
                self.cpu.segments[FS].base = data as u32;
            }
            MSR_GS_BASE => {
                self.sregs.gs.base = address(data)?;
                self.cpu.segments[GS].base = data as u32;
            }
            MSR_KERNEL_GS_BASE => msrs.kernel_gs_base = address(data)?,
            MSR_TSC_AUX => msrs.tsc_aux = data & u64::from(u32::MAX),
            _ => return None,
        }
        Some(())
    }

    /// Sets EFER. LMA keeps its value, and LME cannot change while paging is on: `set_efer()`.
    fn set_efer(&mut self, efer: u64) -> Option<()> {
        const LME: u64 = 1 << 8;

        let old = self.sregs.efer;
        let paging = self.cpu.cr0 & CR0_PG != 0;
        if efer & !EFER_VALID != 0 || paging && (old ^ efer) & LME != 0 {
            return None;
        }
        self.sregs.efer = efer & !EFER_LMA | old & EFER_LMA;
        Some(())
    }
}

/// Returns the low 48 bits of an address, sign-extended.
fn canonical(address: u64) -> u64 {
    ((address << 16) as i64 >> 16) as u64
}

fn address(data: u64) -> Option<u64> {
    (canonical(data) == data).then_some(data)
}

/// Eight types of memory, each one of 0, 1 and 4 to 7: `kvm_pat_valid()`.
fn is_valid_pat(pat: u64) -> bool {
    pat.to_le_bytes()
        .iter()
        .all(|it| matches!(it, 0 | 1 | 4..=7))
}

/// `kvm_mtrr_valid()`.
fn is_valid_mtrr_def_type(data: u64) -> bool {
    data & !MTRR_DEF_TYPE_VALID == 0 && matches!(data & 0xff, 0 | 1 | 4..=6)
}
