// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_SREGS` and `KVM_SET_SREGS`: segments, tables and control registers.
//!
//! Counterparts: `kvm_arch_vcpu_ioctl_get_sregs()`, `kvm_arch_vcpu_ioctl_set_sregs()` and
//! `kvm_is_valid_sregs()` in [`arch/x86/kvm/regs.c`](srctree/arch/x86/kvm/regs.c);
//! `svm_get_segment()` in [`arch/x86/kvm/svm/svm.c`](srctree/arch/x86/kvm/svm/svm.c).

use kernel::prelude::*;

use super::State;
use crate::{
    emulator::{
        DescriptorTable,
        Segment, //
    },
    uaccess::{
        copy_from_user,
        copy_to_user, //
    },
    uapi::kvm::{
        KvmDtable,
        KvmSegment,
        KvmSregs, //
    }, //
};

/// Protected mode, which the interpreter does not have.
pub(super) const CR0_PE: u64 = 1 << 0;
pub(super) const CR0_ET: u64 = 1 << 4;
pub(super) const CR0_NW: u64 = 1 << 29;
pub(super) const CR0_CD: u64 = 1 << 30;
const CR0_PG: u64 = 1 << 31;

/// VME to PCE, OSFXSR and OSXMMEXCPT: what needs no feature of `cpuid`.
const CR4_VALID: u64 = 0x7ff;

/// SCE. The others need a feature of `cpuid`.
const EFER_VALID: u64 = 1 << 0;

/// The address of the local APIC, its enable bit, and the bit of the bootstrap processor.
const APIC_BASE_VALID: u64 = 0xf_ffff_f900;

/// The type of a data segment that was used.
const TYPE_ACCESSED: u8 = 1 << 0;
/// The type of a task that runs. KVM sets it whether the segment is present or not.
const TYPE_BUSY: u8 = 1 << 1;

/// CR8 is the priority of a task, from 0 to 15.
pub(super) const CR8_MAX: u64 = 15;

/// # Errors
///
/// `EFAULT`.
pub(super) fn get(state: &State, arg: usize) -> Result<isize> {
    copy_to_user(arg, &state.get_sregs())?;
    Ok(0)
}

/// # Errors
///
/// `EFAULT`, and `EINVAL` for a state that no vCPU can be in. Protected mode is accepted:
/// `KVM_RUN` then ends with `KVM_EXIT_INTERNAL_ERROR`.
pub(super) fn set(state: &mut State, arg: usize) -> Result<isize> {
    let sregs: KvmSregs = copy_from_user(arg)?;
    if !is_valid(&sregs) {
        return Err(EINVAL);
    }
    state.set_sregs(&sregs);
    Ok(0)
}

fn is_valid(sregs: &KvmSregs) -> bool {
    let has = |bits| sregs.cr0 & bits != 0;
    u32::try_from(sregs.cr0).is_ok()
        && (has(CR0_CD) || !has(CR0_NW))
        && (has(CR0_PE) || !has(CR0_PG))
        && sregs.cr4 & !CR4_VALID == 0
        && sregs.efer & !EFER_VALID == 0
        && sregs.apic_base & !APIC_BASE_VALID == 0
        && sregs.cs.l == 0
}

impl State {
    /// All of the system registers.
    fn get_sregs(&self) -> KvmSregs {
        let mut sregs = self.sregs;
        for (to, from) in segments_of(&mut sregs).into_iter().zip(&self.cpu.segments) {
            to.selector = from.selector;
            update(&mut to.base, from.base);
        }
        update(&mut sregs.gdt.base, self.cpu.gdt.base);
        sregs.gdt.limit = self.cpu.gdt.limit;
        update(&mut sregs.idt.base, self.cpu.idt.base);
        sregs.idt.limit = self.cpu.idt.limit;
        sregs.cr0 = self.cpu.cr0;
        sregs
    }

    /// Takes all of the system registers.
    pub(super) fn set_sregs(&mut self, sregs: &KvmSregs) {
        let cr8 = self.sregs.cr8;
        self.sregs = *sregs;
        if sregs.cr8 > CR8_MAX {
            self.sregs.cr8 = cr8;
        }
        self.sregs.interrupt_bitmap = [0; 4];
        self.sregs.normalise();

        let from = segments_of(&mut self.sregs);
        for (to, from) in self.cpu.segments.iter_mut().zip(from) {
            *to = Segment {
                selector: from.selector,
                base: from.base as u32,
                limit: from.limit,
                db: from.db != 0,
            };
        }
        self.cpu.gdt = table(&sregs.gdt);
        self.cpu.idt = table(&sregs.idt);
        self.cpu.cr0 = sregs.cr0;
    }
}

/// Real mode uses and changes the lower half of a base only.
fn update(base: &mut u64, low: u32) {
    if *base as u32 != low {
        *base = low.into();
    }
}

/// The segment registers as instructions number them.
fn segments_of(sregs: &mut KvmSregs) -> [&mut KvmSegment; 6] {
    let KvmSregs {
        es,
        cs,
        ss,
        ds,
        fs,
        gs,
        ..
    } = sregs;
    [es, cs, ss, ds, fs, gs]
}

impl KvmSregs {
    /// Makes them what KVM reads back from a VMCB.
    fn normalise(&mut self) {
        for segment in [&mut self.cs, &mut self.ss, &mut self.ldt] {
            segment.normalise(0);
        }
        for segment in [&mut self.ds, &mut self.es, &mut self.fs, &mut self.gs] {
            segment.normalise(TYPE_ACCESSED);
        }
        self.tr.normalise(0);
        self.tr.type_ |= TYPE_BUSY;
        for table in [&mut self.gdt, &mut self.idt] {
            table.padding = [0; 3];
        }
    }
}

impl KvmSegment {
    /// Leaves of each field what its bits in a descriptor can hold. `type_bits` are set in the type.
    fn normalise(&mut self, type_bits: u8) {
        for bit in [&mut self.db, &mut self.s, &mut self.l, &mut self.avl] {
            *bit &= 1;
        }
        self.dpl &= 3;
        self.present = (self.present & 1 != 0 && self.unusable == 0).into();
        self.unusable = 1 - self.present;
        self.type_ = self.type_ & 15 | if self.present != 0 { type_bits } else { 0 };
        self.g = (self.limit > 0xfffff).into();
        self.padding = 0;
    }
}

fn table(table: &KvmDtable) -> DescriptorTable {
    DescriptorTable {
        base: table.base as u32,
        limit: table.limit,
    }
}
