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
    kvm::{
        KvmDtable,
        KvmSegment,
        KvmSregs, //
    },
    uaccess::{
        copy_from_user,
        copy_to_user, //
    }, //
};

/// Protected mode, of which the interpreter knows nothing.
pub(super) const CR0_PE: u64 = 1 << 0;
pub(super) const CR0_ET: u64 = 1 << 4;
pub(super) const CR0_NW: u64 = 1 << 29;
pub(super) const CR0_CD: u64 = 1 << 30;
const CR0_PG: u64 = 1 << 31;

/// VME to PCE, OSFXSR and OSXMMEXCPT: what needs no feature of `cpuid`.
const CR4_VALID: u64 = 0x7ff;

const EFER_LMA: u64 = 1 << 10;
/// SCE, LME, LMA and NX.
const EFER_VALID: u64 = 0xd01;

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
/// `EFAULT`, and `EINVAL` for what no processor can be in. Protected mode is taken: it is
/// `KVM_RUN` that then ends with `KVM_EXIT_INTERNAL_ERROR`.
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
        && sregs.efer & EFER_LMA == 0
        && sregs.cs.l == 0
}

impl State {
    /// All of the system registers.
    fn get_sregs(&self) -> KvmSregs {
        let mut sregs = self.sregs;
        for (to, from) in segments_of(&mut sregs).into_iter().zip(&self.cpu.segments) {
            to.selector = from.selector;
            to.base = from.base.into();
            to.limit = from.limit;
            to.db = from.db.into();
            to.g = (from.limit > 0xfffff).into();
        }
        sregs.gdt = get_table(&self.cpu.gdt);
        sregs.idt = get_table(&self.cpu.idt);
        sregs.cr0 = self.cpu.cr0;
        sregs
    }

    /// Takes all of the system registers.
    pub(super) fn set_sregs(&mut self, sregs: &KvmSregs) {
        self.sregs = *sregs;
        for segment in segments_of(&mut self.sregs) {
            normalise(segment);
        }
        normalise(&mut self.sregs.tr);
        normalise(&mut self.sregs.ldt);
        for (to, from) in self
            .cpu
            .segments
            .iter_mut()
            .zip(segments_of(&mut self.sregs))
        {
            *to = Segment {
                selector: from.selector,
                base: from.base as u32,
                limit: from.limit,
                db: from.db != 0,
            };
        }
        self.cpu.gdt = set_table(&sregs.gdt);
        self.cpu.idt = set_table(&sregs.idt);
        self.cpu.cr0 = sregs.cr0;
        self.sregs.interrupt_bitmap = [0; 4];
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

/// Leaves of each field what its bits in a descriptor can hold, as a VMCB does.
fn normalise(segment: &mut KvmSegment) {
    segment.type_ &= 15;
    segment.dpl &= 3;
    segment.present = segment.present & 1 & !segment.unusable;
    for bit in [
        &mut segment.db,
        &mut segment.s,
        &mut segment.l,
        &mut segment.avl,
    ] {
        *bit &= 1;
    }
    segment.g = (segment.limit > 0xfffff).into();
    segment.unusable = 1 - segment.present;
    segment.padding = 0;
}

fn get_table(table: &DescriptorTable) -> KvmDtable {
    KvmDtable {
        base: table.base.into(),
        limit: table.limit,
        padding: [0; 3],
    }
}

fn set_table(table: &KvmDtable) -> DescriptorTable {
    DescriptorTable {
        base: table.base as u32,
        limit: table.limit,
    }
}
