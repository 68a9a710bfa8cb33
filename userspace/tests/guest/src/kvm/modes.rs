// SPDX-License-Identifier: MIT OR Apache-2.0

//! A VM in protected mode, with or without paging, and in long mode.

use kvm_bindings::{KVM_MAX_CPUID_ENTRIES, kvm_segment, kvm_sregs};

use super::{Device, Machine};

// These tables map the first 2 MiB to the same addresses.
// Tables that have room for it also map 1 GiB to 0x8000_0000.
const PML4: u64 = 0x2000;
const PDPT: u64 = 0x3000;
const PD: u64 = 0x4000;
const PD2: u64 = 0x5000;
/// Present, writable, accessible in user mode.
const TABLE: u64 = 7;
const LARGE: u64 = 1 << 7;

const CR0: u64 = 0x11;
const CR0_PG: u64 = 1 << 31;
const CR4_PSE: u64 = 1 << 4;
const CR4_PAE: u64 = 1 << 5;
/// OSFXSR and OSXMMEXCPT: SSE.
const CR4_SSE: u64 = 3 << 9;
const EFER_SYSCALL_LONG_MODE: u64 = 0xd01;

/// A mode other than real mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// 32 bits, flat, without paging.
    Protected,
    /// 32 bits with paging and large pages.
    Paged,
    /// 32 bits with PAE paging.
    Pae,
    /// 64 bits.
    Long,
}

impl Mode {
    /// The modes with 32-bit code.
    pub const BITS32: [Mode; 3] = [Mode::Protected, Mode::Paged, Mode::Pae];
}

impl Machine {
    /// Creates a VM in this mode. Its tables are at 0x2000 to 0x5fff, its CPUID is KVM's list.
    pub fn in_mode(device: &Device, mode: Mode, code: &[u8]) -> Self {
        let machine = Machine::new(device, code);
        let cpuid = device.open().get_supported_cpuid(KVM_MAX_CPUID_ENTRIES);
        let cpuid = cpuid.expect("KVM_GET_SUPPORTED_CPUID");
        machine.fd.set_cpuid2(&cpuid).expect("KVM_SET_CPUID2");
        for (at, entry) in tables(mode) {
            match mode {
                Mode::Paged => machine.memory.write(at, &(entry as u32).to_le_bytes()),
                _ => machine.memory.write(at, &entry.to_le_bytes()),
            }
        }
        machine.change_sregs(|sregs| {
            set_segments(sregs, mode);
            let (cr0, cr4, efer, cr3) = match mode {
                Mode::Protected => (CR0, 0, 0, 0),
                Mode::Paged => (CR0 | CR0_PG, CR4_PSE, 0, PD),
                Mode::Pae => (CR0 | CR0_PG, CR4_PAE, 0, PDPT),
                Mode::Long => (CR0 | CR0_PG, CR4_PAE, EFER_SYSCALL_LONG_MODE, PML4),
            };
            (sregs.cr0, sregs.cr3, sregs.efer) = (cr0, cr3, efer);
            sregs.cr4 = cr4 | CR4_SSE;
        });
        machine
    }
}

/// Returns the addresses and values of the page tables' entries.
fn tables(mode: Mode) -> Vec<(usize, u64)> {
    let large = TABLE | LARGE;
    match mode {
        Mode::Protected => vec![],
        Mode::Paged => vec![
            (PD as usize, large),
            (PD as usize + 4 * 0x100, 0x8000_0000 | large),
        ],
        Mode::Pae => vec![
            (PDPT as usize, PD | 1),
            (PDPT as usize + 8, PD2 | 1),
            (PD as usize, large),
            (PD2 as usize, 0x8000_0000 | large),
        ],
        Mode::Long => vec![
            (PML4 as usize, PDPT | TABLE),
            (PDPT as usize, PD | TABLE),
            (PDPT as usize + 8, 0x8000_0000 | large),
            // Above the 32-bit addresses: 8 GiB maps to 4 GiB.
            (PDPT as usize + 8 * 8, 0x1_0000_0000 | large),
            (PD as usize, large),
        ],
    }
}

/// Sets selectors 8 and 16: 64-bit segments, or 32-bit ones of 4 GiB.
fn set_segments(sregs: &mut kvm_sregs, mode: Mode) {
    let long = mode == Mode::Long;
    let data = kvm_segment {
        base: 0,
        limit: u32::MAX,
        selector: 16,
        type_: 3,
        present: 1,
        db: 1,
        s: 1,
        g: 1,
        ..kvm_segment::default()
    };
    sregs.cs = kvm_segment {
        selector: 8,
        type_: 11,
        db: (!long).into(),
        l: long.into(),
        ..data
    };
    for segment in [
        &mut sregs.ds,
        &mut sregs.es,
        &mut sregs.fs,
        &mut sregs.gs,
        &mut sregs.ss,
    ] {
        *segment = data;
    }
}
