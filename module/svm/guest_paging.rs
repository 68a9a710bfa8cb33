// SPDX-License-Identifier: GPL-2.0

//! The guest's own page tables: from a linear address to a physical address of the guest.
//!
//! Counterpart: `FNAME(walk_addr_generic)` in
//! [`arch/x86/kvm/mmu/paging_tmpl.h`](srctree/arch/x86/kvm/mmu/paging_tmpl.h); AMD's manual, volume 2,
//! "Page Translation and Protection". The processor walks them as well, whenever the guest runs. This
//! walk is for the instructions that are executed here. It leaves the accessed and dirty bits alone.

use kernel::prelude::*;

use crate::{
    abstractions::page_fault::Wait,
    uapi::kvm::KvmSregs,
    vcpu::sregs::{
        CR0_PG,
        CR4_PAE,
        EFER_LMA,
        EFER_NX, //
    },
    vm::{
        last_used_slot::LastUsedSlot,
        Vm, //
    }, //
};

// An entry of a page table.
const PRESENT: u64 = 1 << 0;
const WRITABLE: u64 = 1 << 1;
const USER: u64 = 1 << 2;
/// The entry is of a large page, not of a table.
const PAGE_SIZE_BIT: u64 = 1 << 7;
const NX: u64 = 1 << 63;
const ADDRESS: u64 = 0xf_ffff_ffff_f000;

const CR0_WP: u64 = 1 << 16;
const CR4_PSE: u64 = 1 << 4;

/// What the guest does: bits of a page fault's error code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read = 0,
    Write = 1 << 1,
    Fetch = 1 << 4,
}

/// The error code of a page fault.
pub(super) struct PageFault(pub(super) u32);

/// How the tables are made: how many levels, how many bits an index has, and bytes an entry.
fn format(sregs: &KvmSregs) -> (u32, u32, usize) {
    match (sregs.efer & EFER_LMA != 0, sregs.cr4 & CR4_PAE != 0) {
        (true, _) => (4, 9, 8),
        (_, true) => (3, 9, 8),
        _ => (2, 10, 4),
    }
}

/// The physical address of the guest that has this linear address.
///
/// # Errors
///
/// `EFAULT` where a table is in a slot and not mapped in userspace any more. A table in no slot is
/// one without entries.
pub(super) fn gva_to_gpa(
    vm: &Vm,
    slot: &mut LastUsedSlot,
    sregs: &KvmSregs,
    linear: u64,
    access: Access,
) -> Result<Result<u64, PageFault>> {
    if sregs.cr0 & CR0_PG == 0 {
        return Ok(Ok(linear));
    }
    let user = sregs.ss.dpl == 3;
    let code = access as u32 | u32::from(user) << 2;
    let (levels, bits, entry_size) = format(sregs);
    let mut table = match levels {
        3 => sregs.cr3 & 0xffff_ffe0,
        _ => sregs.cr3 & ADDRESS,
    };
    let mut rights = WRITABLE | USER;
    let mut no_execute = false;
    for level in (0..levels).rev() {
        let shift = 12 + bits * level;
        let index = linear >> shift & ((1 << bits) - 1);
        let mut entry = [0; 8];
        let place = entry.get_mut(..entry_size).unwrap_or_default();
        let gpa = table + index * entry_size as u64;
        vm.read_guest_page(slot, gpa, place, Wait::Killable)?;
        let entry = u64::from_le_bytes(entry);
        if entry & PRESENT == 0 {
            return Ok(Err(PageFault(code)));
        }
        // The four entries at the top of PAE's tables have no rights.
        if !(levels == 3 && level == 2) {
            rights &= entry;
            no_execute |= sregs.efer & EFER_NX != 0 && entry & NX != 0;
        }
        let large = entry & PAGE_SIZE_BIT != 0
            && match levels {
                2 => level == 1 && sregs.cr4 & CR4_PSE != 0,
                3 => level == 1,
                _ => level == 1 || level == 2,
            };
        if level != 0 && !large {
            table = entry & ADDRESS;
            continue;
        }
        let denied = user && rights & USER == 0
            || access == Access::Fetch && no_execute
            || access == Access::Write
                && rights & WRITABLE == 0
                && (user || sregs.cr0 & CR0_WP != 0);
        if denied {
            return Ok(Err(PageFault(code | 1)));
        }
        let offset = (1 << shift) - 1;
        // With 32-bit entries, bits 13 to 20 of a large page's are bits 32 to 39 of its address.
        let above = if levels == 2 && large {
            (entry >> 13 & 0xff) << 32
        } else {
            0
        };
        return Ok(Ok(entry & ADDRESS & !offset | above | linear & offset));
    }
    Ok(Err(PageFault(code)))
}
