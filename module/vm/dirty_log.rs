// SPDX-License-Identifier: GPL-2.0

//! The dirty log of a slot: one bit per page, set when the guest writes the page.
//!
//! Counterparts: `mark_page_dirty_in_slot()` and `kvm_alloc_dirty_bitmap()` in
//! [`virt/kvm/kvm_main.c`](srctree/virt/kvm/kvm_main.c).

use kernel::{
    alloc::KVVec,
    page::PAGE_SIZE,
    prelude::*,
    sync::{
        atomic::Full,
        barrier::smp_mb, //
    }, //
};

use super::{
    last_used_slot::LastUsedSlots,
    memory_slots::{
        MemorySlot,
        MemorySlots, //
    },
    Vm, //
};
use crate::uapi::kvm::KVM_MEM_LOG_DIRTY_PAGES;

impl Vm {
    // ANCHOR: mark-page-dirty
    /// Logs a write if the slot has a log, even one that userspace enabled during the write.
    #[inline(always)]
    pub(crate) fn mark_page_dirty(&self, slots: &LastUsedSlots, gpa: u64) {
        // The write must be visible before the generation is read.
        smp_mb(Full);
        if slots.data.is_logged() || !slots.are_current(self) {
            self.log_write(gpa);
        }
    }
    // ANCHOR_END: mark-page-dirty

    #[cold]
    fn log_write(&self, gpa: u64) {
        self.memory.lock().mark_page_dirty(gpa);
    }
}

impl MemorySlots {
    // ANCHOR: mark-dirty
    /// Logs that the guest has written to a page.
    fn mark_page_dirty(&mut self, gpa: u64) {
        let Some(mut cursor) = self.by_address.cursor_lower_bound_mut(&gpa) else {
            return;
        };
        let (_, slot) = cursor.current_mut();
        let page = gpa.wrapping_sub(slot.guest) as usize / PAGE_SIZE;
        if let Some(word) = slot.dirty.get_mut(page / u64::BITS as usize) {
            *word |= 1 << (page % u64::BITS as usize);
        }
    }
    // ANCHOR_END: mark-dirty
}

impl MemorySlot {
    /// Returns a bitmap with one bit per page, or an empty one if `flags` do not ask for a log.
    pub(super) fn new_bitmap(flags: u32, size: u64) -> Result<KVVec<u64>> {
        if flags & KVM_MEM_LOG_DIRTY_PAGES == 0 {
            return Ok(KVVec::new());
        }
        let words = (size as usize / PAGE_SIZE).div_ceil(u64::BITS as usize);
        // A program that asks for too much gets `ENOMEM`, without a warning in the kernel's log.
        Ok(KVVec::from_elem(
            0,
            words,
            GFP_KERNEL_ACCOUNT | __GFP_NOWARN,
        )?)
    }
}
