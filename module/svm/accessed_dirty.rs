// SPDX-License-Identifier: GPL-2.0

//! The accessed and dirty bits of the guest's page tables.
//!
//! Counterpart: `FNAME(update_accessed_dirty_bits)` in
//! [`arch/x86/kvm/mmu/paging_tmpl.h`](srctree/arch/x86/kvm/mmu/paging_tmpl.h).

use kernel::prelude::*;

use super::guest_paging::Access;
use crate::{
    abstractions::page_fault::Wait,
    vm::{
        last_used_slot::LastUsedSlots,
        Vm, //
    }, //
};

const ACCESSED: u32 = 1 << 5;
const DIRTY: u32 = 1 << 6;

/// The entries that a walk read, the page's own last: the address of each, and its lower half,
/// which contains the bits.
pub(super) struct Entries {
    entries: [(u64, u32); 4],
    length: usize,
}

impl Entries {
    pub(super) fn new() -> Self {
        Entries {
            entries: [(0, 0); 4],
            length: 0,
        }
    }

    pub(super) fn push(&mut self, gpa: u64, entry: u64) {
        if let Some(place) = self.entries.get_mut(self.length) {
            *place = (gpa, entry as u32);
            self.length += 1;
        }
    }

    /// Sets the bits. Returns false if an entry has changed since the walk read it. Tables in
    /// read-only slots stay unchanged.
    ///
    /// # Errors
    ///
    /// `EFAULT` if a table is no longer mapped in userspace, or not writable.
    pub(super) fn set_accessed_dirty(
        &self,
        vm: &Vm,
        slots: &mut LastUsedSlots,
        access: Access,
    ) -> Result<bool> {
        let entries = self.entries.iter().take(self.length).enumerate();
        for (index, (gpa, old)) in entries {
            let is_last = index + 1 == self.length;
            let new = match access {
                Access::Write if is_last => old | ACCESSED | DIRTY,
                _ => old | ACCESSED,
            };
            if new == *old {
                continue;
            }
            let (old, new) = (old.to_le_bytes(), new.to_le_bytes());
            let exchanged = vm.cmpxchg_guest_page(slots, *gpa, &old, &new, Wait::Killable)?;
            if exchanged == Some(false) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
