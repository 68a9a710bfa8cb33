// SPDX-License-Identifier: GPL-2.0

//! The guest's own page tables: from a linear address to a guest physical address.
//!
//! Counterpart: `FNAME(walk_addr_generic)` in
//! [`arch/x86/kvm/mmu/paging_tmpl.h`](srctree/arch/x86/kvm/mmu/paging_tmpl.h); AMD's manual, volume 2,
//! "Page Translation and Protection". The CPU itself walks them while the guest runs. This walk is
//! for emulated instructions, and for `KVM_TRANSLATE`.

use kernel::prelude::*;

use super::accessed_dirty::Entries;
use crate::{
    abstractions::page_fault::Wait,
    cpuid::Cpuid,
    uapi::kvm::KvmSregs,
    vcpu::sregs::{
        CR0_PG,
        CR4_PAE,
        EFER_LMA,
        EFER_NX, //
    },
    vm::{
        last_used_slot::LastUsedSlots,
        Vm, //
    }, //
};

// Bits of a page table entry.
const PRESENT: u64 = 1 << 0;
const WRITABLE: u64 = 1 << 1;
const USER: u64 = 1 << 2;
/// The entry maps a large page; it does not point to a table.
const PAGE_SIZE_BIT: u64 = 1 << 7;
const NX: u64 = 1 << 63;
const ADDRESS: u64 = 0xf_ffff_ffff_f000;

const CR0_WP: u64 = 1 << 16;
const CR4_PSE: u64 = 1 << 4;

/// In a page fault's error code: an entry has a reserved bit set.
const RESERVED: u32 = 1 << 3;

/// The kind of access: bits of a page fault's error code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read = 0,
    Write = 1 << 1,
    Fetch = 1 << 4,
}

/// The error code of a page fault.
pub(crate) struct PageFault(pub(super) u32);

/// Returns the format of the tables: the number of levels, index bits, and bytes of an entry.
fn format(sregs: &KvmSregs) -> (u32, u32, usize) {
    match (sregs.efer & EFER_LMA != 0, sregs.cr4 & CR4_PAE != 0) {
        (true, _) => (4, 9, 8),
        (_, true) => (3, 9, 8),
        _ => (2, 10, 4),
    }
}

/// The inputs of a walk, besides the address.
pub(crate) struct Walker<'a> {
    pub(crate) vm: &'a Vm,
    pub(crate) sregs: &'a KvmSregs,
    /// Whether the access is in user mode.
    pub(crate) user: bool,
    /// The number of bits in a physical address.
    pub(crate) physical_bits: u32,
}

impl<'a> Walker<'a> {
    /// Creates the walker for an instruction of the guest.
    pub(super) fn of_guest(vm: &'a Vm, sregs: &'a KvmSregs, cpuid: &Cpuid) -> Self {
        Walker {
            vm,
            sregs,
            user: sregs.ss.dpl == 3,
            physical_bits: cpuid.physical_bits(),
        }
    }

    /// Translates a linear address to a guest physical address. Marks the entries on the way as
    /// accessed, and the page as dirty if the access is a write.
    ///
    /// # Errors
    ///
    /// `EFAULT` if a table is in a slot, but no longer mapped in userspace. A table in no slot
    /// counts as empty.
    pub(crate) fn gva_to_gpa(
        &self,
        slots: &mut LastUsedSlots,
        linear: u64,
        access: Access,
    ) -> Result<Result<u64, PageFault>> {
        if self.sregs.cr0 & CR0_PG == 0 {
            return Ok(Ok(linear));
        }
        loop {
            let mut entries = Entries::new();
            let gpa = self.walk(slots, linear, access, &mut entries)?;
            // If another vCPU has changed an entry, walk again.
            if gpa.is_err() || entries.set_accessed_dirty(self.vm, slots, access)? {
                return Ok(gpa);
            }
        }
    }

    fn walk(
        &self,
        slots: &mut LastUsedSlots,
        linear: u64,
        access: Access,
        entries: &mut Entries,
    ) -> Result<Result<u64, PageFault>> {
        let (vm, sregs, user) = (self.vm, self.sregs, self.user);
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
            vm.read_guest_page(&mut slots.data, gpa, place, Wait::Killable)?;
            let entry = u64::from_le_bytes(entry);
            if entry & PRESENT == 0 {
                return Ok(Err(PageFault(code)));
            }
            // The four entries at the top level of PAE have no rights, and no accessed bit.
            if !(levels == 3 && level == 2) {
                if entry & self.reserved(level) != 0 {
                    return Ok(Err(PageFault(code | PRESENT as u32 | RESERVED)));
                }
                rights &= entry;
                no_execute |= sregs.efer & EFER_NX != 0 && entry & NX != 0;
                entries.push(gpa, entry);
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
                return Ok(Err(PageFault(code | PRESENT as u32)));
            }
            let offset = (1 << shift) - 1;
            // In a 32-bit entry for a large page, bits 13 to 20 are bits 32 to 39 of the address.
            let above = if levels == 2 && large {
                (entry >> 13 & 0xff) << 32
            } else {
                0
            };
            return Ok(Ok(entry & ADDRESS & !offset | above | linear & offset));
        }
        Ok(Err(PageFault(code)))
    }

    /// Returns the bits that must be 0 in an entry of this level: those of
    /// `__reset_rsvds_bits_mask()`, except the zeros in a large page's address, AMD's bit 8 of
    /// entries that point to a table, and a 1 GiB page's bit where `cpuid` has no such pages.
    fn reserved(&self, level: u32) -> u64 {
        let (levels, _, entry_size) = format(self.sregs);
        if entry_size == 4 {
            return 0;
        }
        let address = ADDRESS & (u64::MAX << self.physical_bits);
        let no_nx = if self.sregs.efer & EFER_NX == 0 {
            NX
        } else {
            0
        };
        let top = match (levels, level) {
            (4, 3) => PAGE_SIZE_BIT,
            // Bits 52 to 62 are reserved; in long mode, software may use them.
            (3, _) => 0x7ff << 52,
            _ => 0,
        };
        address | no_nx | top
    }
}
