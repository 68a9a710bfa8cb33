// SPDX-License-Identifier: MIT OR Apache-2.0

//! The registers that real mode does not have: at the start, and at the end.

use anyhow::{Context, Result};
use kvm_bindings::{Msrs, kvm_debugregs, kvm_dtable, kvm_msr_entry, kvm_segment, kvm_sregs};
use kvm_ioctls::VcpuFd;

use super::tables::{self, FS_BASE, GDT, GS_BASE};
use crate::memory_map::VECTORS;
use crate::mode::Mode;

const CR0: u64 = 0x11;
const CR0_WP: u64 = 1 << 16;
const CR0_PG: u64 = 1 << 31;
const CR4_PSE: u64 = 1 << 4;
const CR4_PAE: u64 = 1 << 5;
/// SCE, LME and LMA.
const EFER_LONG: u64 = 0x501;

/// The MSRs that programs write: STAR, LSTAR, CSTAR, SFMASK, KERNEL_GS_BASE and SYSENTER's three.
pub const MSRS: [u32; 8] = [
    0xc000_0081,
    0xc000_0082,
    0xc000_0083,
    0xc000_0084,
    0xc000_0102,
    0x174,
    0x175,
    0x176,
];

/// Returns the argument of `KVM_SET_SREGS`; registers that no mode sets are as in `reset`.
pub fn sregs(mode: Mode, reset: &kvm_sregs) -> kvm_sregs {
    let long = mode == Mode::Long;
    let data = kvm_segment {
        limit: u32::MAX,
        selector: 0x10,
        type_: 3,
        present: 1,
        db: 1,
        s: 1,
        g: 1,
        ..kvm_segment::default()
    };
    let table = |base: u32, limit: usize| kvm_dtable {
        base: base.into(),
        limit: limit as u16,
        ..kvm_dtable::default()
    };
    let (cr4, efer) = match mode {
        Mode::Paged => (CR4_PSE, 0),
        Mode::Pae => (CR4_PAE, 0),
        Mode::Long => (CR4_PAE, EFER_LONG),
        _ => (0, 0),
    };
    kvm_sregs {
        cs: kvm_segment {
            selector: tables::code_selector(mode),
            type_: 11,
            db: (!long).into(),
            l: long.into(),
            ..data
        },
        ds: data,
        es: data,
        ss: data,
        fs: kvm_segment {
            selector: 0x18,
            base: FS_BASE.into(),
            ..data
        },
        gs: kvm_segment {
            selector: 0x20,
            base: GS_BASE.into(),
            ..data
        },
        gdt: table(GDT, tables::gdt().len() * 8 - 1),
        idt: table(VECTORS, tables::idt(mode).len() - 1),
        cr0: match mode.has_paging() {
            true => CR0 | CR0_WP | CR0_PG,
            false => CR0,
        },
        cr3: tables::root(mode).into(),
        cr4,
        efer,
        ..*reset
    }
}

/// Resets the registers that programs change and that `KVM_SET_SREGS` does not set.
pub fn reset(vcpu: &VcpuFd) -> Result<()> {
    vcpu.set_debug_regs(&kvm_debugregs {
        dr6: 0xffff_0ff0,
        dr7: 0x400,
        ..kvm_debugregs::default()
    })
    .context("KVM_SET_DEBUGREGS")?;
    vcpu.set_msrs(&msrs()?).context("KVM_SET_MSRS")?;
    Ok(())
}

fn msrs() -> Result<Msrs> {
    let entries = MSRS.map(|index| kvm_msr_entry {
        index,
        ..kvm_msr_entry::default()
    });
    Msrs::from_entries(&entries).ok().context("a list of MSRs")
}

/// Returns all of these registers by name.
pub fn system(vcpu: &VcpuFd) -> Result<Vec<(String, u64)>> {
    let sregs = vcpu.get_sregs().context("KVM_GET_SREGS")?;
    let debug = vcpu.get_debug_regs().context("KVM_GET_DEBUGREGS")?;
    let mut msrs = msrs()?;
    vcpu.get_msrs(&mut msrs).context("KVM_GET_MSRS")?;
    let events = vcpu.get_vcpu_events().context("KVM_GET_VCPU_EVENTS")?;

    let mut all: Vec<(String, u64)> = vec![
        ("cr2".into(), sregs.cr2),
        ("cr3".into(), sregs.cr3),
        ("cr4".into(), sregs.cr4),
        ("cr8".into(), sregs.cr8),
        ("efer".into(), sregs.efer),
        ("dr6".into(), debug.dr6),
        ("dr7".into(), debug.dr7),
        ("interrupt shadow".into(), events.interrupt.shadow.into()),
    ];
    for (number, value) in debug.db.into_iter().enumerate() {
        all.push((format!("dr{number}"), value));
    }
    for (name, it) in [
        ("es", sregs.es),
        ("cs", sregs.cs),
        ("ss", sregs.ss),
        ("ds", sregs.ds),
        ("fs", sregs.fs),
        ("gs", sregs.gs),
        ("tr", sregs.tr),
        ("ldt", sregs.ldt),
    ] {
        all.push((format!("{name}'s whole base"), it.base));
        let fields = [
            it.type_,
            it.s,
            it.dpl,
            it.present,
            it.l,
            it.g,
            it.avl,
            it.unusable,
        ];
        all.push((format!("{name}'s attributes"), u64::from_le_bytes(fields)));
    }
    for msr in msrs.as_slice() {
        all.push((format!("MSR {:#x}", msr.index), msr.data));
    }
    Ok(all)
}
