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

/// Protected mode, which the interpreter does not support.
pub(crate) const CR0_PE: u64 = 1 << 0;
pub(crate) const CR0_ET: u64 = 1 << 4;
pub(crate) const CR0_NW: u64 = 1 << 29;
pub(crate) const CR0_CD: u64 = 1 << 30;
pub(crate) const CR0_PG: u64 = 1 << 31;

/// VME to PCE, OSFXSR and OSXMMEXCPT: the bits that need no `cpuid` feature.
pub(crate) const CR4_VALID: u64 = 0x7ff;
pub(crate) const CR4_PAE: u64 = 1 << 5;

/// Enables `syscall`, and needs no `cpuid` feature.
const EFER_SCE: u64 = 1 << 0;
pub(crate) const EFER_LME: u64 = 1 << 8;
pub(crate) const EFER_LMA: u64 = 1 << 10;
pub(crate) const EFER_NX: u64 = 1 << 11;

/// The address of the local APIC, its enable bit, and the bit of the bootstrap processor.
pub(super) const APIC_BASE_VALID: u64 = 0xf_ffff_f900;

/// The accessed bit in the type of a data segment.
const TYPE_ACCESSED: u8 = 1 << 0;
/// The busy bit in the type of a TSS. KVM sets it whether the segment is present or not.
const TYPE_BUSY: u8 = 1 << 1;

/// CR8 is the task priority, from 0 to 15.
pub(crate) const CR8_MAX: u64 = 15;

/// # Errors
///
/// `EFAULT`.
pub(super) fn get(state: &State, arg: usize) -> Result<isize> {
    copy_to_user(arg, &state.get_sregs())?;
    Ok(0)
}

/// # Errors
///
/// `EINVAL` if this vCPU cannot be in this state; `EFAULT`. Protected mode is accepted; without the
/// SVM engine, `KVM_RUN` then ends with `KVM_EXIT_INTERNAL_ERROR`.
pub(super) fn set(state: &mut State, arg: usize) -> Result<isize> {
    state.check_and_set_sregs(&copy_from_user(arg)?)?;
    Ok(0)
}

/// `kvm_is_valid_cr0()`.
pub(crate) fn is_valid_cr0(cr0: u64) -> bool {
    let has = |bits| cr0 & bits != 0;
    u32::try_from(cr0).is_ok() && (has(CR0_CD) || !has(CR0_NW)) && (has(CR0_PE) || !has(CR0_PG))
}

impl State {
    fn is_valid_sregs(&self, sregs: &KvmSregs) -> bool {
        let mode_is_valid = if sregs.efer & EFER_LME != 0 && sregs.cr0 & CR0_PG != 0 {
            // Long mode, or its compatibility mode.
            sregs.cr4 & CR4_PAE != 0
                && sregs.efer & EFER_LMA != 0
                && sregs.cr3 >> self.io.cpuid.physical_bits() == 0
        } else {
            sregs.efer & EFER_LMA == 0 && sregs.cs.l == 0
        };
        mode_is_valid
            && is_valid_cr0(sregs.cr0)
            && sregs.cr4 & !CR4_VALID == 0
            && self.is_valid_efer(sregs.efer)
            && sregs.apic_base & !APIC_BASE_VALID == 0
    }

    /// Returns whether the engine and `cpuid` support what these bits enable: `kvm_valid_efer()`.
    pub(crate) fn is_valid_efer(&self, efer: u64) -> bool {
        let valid = match &self.svm {
            Some(_) => EFER_SCE | self.io.cpuid.efer_bits(),
            None => EFER_SCE,
        };
        efer & !valid == 0
    }

    /// Returns all system registers.
    pub(crate) fn get_sregs(&self) -> KvmSregs {
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
        if let Some(vector) = self.events.interrupt {
            sregs.interrupt_bitmap[usize::from(vector / 64)] = 1 << (vector % 64);
        }
        sregs
    }

    /// Sets all system registers, and queues the first interrupt of the bitmap.
    ///
    /// # Errors
    ///
    /// `EINVAL` if this vCPU cannot be in this state.
    pub(super) fn check_and_set_sregs(&mut self, sregs: &KvmSregs) -> Result {
        if !self.is_valid_sregs(sregs) {
            return Err(EINVAL);
        }
        self.set_sregs(sregs);
        if let Some(vector) = first_bit(&sregs.interrupt_bitmap) {
            self.events.interrupt = Some(vector);
        }
        Ok(())
    }

    /// Sets all system registers, without a check.
    pub(crate) fn set_sregs(&mut self, sregs: &KvmSregs) {
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

fn first_bit(bitmap: &[u64; 4]) -> Option<u8> {
    let (word, bits) = (0..).zip(bitmap).find(|(_, bits)| **bits != 0)?;
    Some(64 * word + bits.trailing_zeros() as u8)
}

/// Updates a base. Real mode uses and changes only its lower half.
fn update(base: &mut u64, low: u32) {
    if *base as u32 != low {
        *base = low.into();
    }
}

/// Returns the segment registers in the order of the instruction encoding.
pub(crate) fn segments_of(sregs: &mut KvmSregs) -> [&mut KvmSegment; 6] {
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
    /// Changes the registers to what KVM would read back from a VMCB.
    fn normalise(&mut self) {
        for segment in [&mut self.cs, &mut self.ss, &mut self.ldt] {
            segment.normalise(0);
        }
        self.ss.db &= self.ss.present;
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
    /// Cuts each field to its bits in a descriptor, and sets `type_bits` in the type.
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
