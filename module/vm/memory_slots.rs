// SPDX-License-Identifier: GPL-2.0

//! A VM's memory: slots, each backed by memory of the userspace process.
//!
//! Counterparts: `struct kvm_memory_slot` in
//! [`include/linux/kvm_host.h`](srctree/include/linux/kvm_host.h); `kvm_read_guest_page()` and
//! `kvm_write_guest_page()` in [`virt/kvm/kvm_main.c`](srctree/virt/kvm/kvm_main.c).
//!
//! A thread of the process that owns the memory makes every access, so an access is a copy from or
//! to the current process. Nothing is pinned: what userspace unmaps is gone for the guest as well.

use kernel::{
    alloc::KVVec,
    page::{
        PAGE_MASK,
        PAGE_SIZE, //
    },
    prelude::*,
    uaccess::{
        UserPtr,
        UserSlice, //
    }, //
};

use crate::uapi::kvm::{
    KVM_MEM_LOG_DIRTY_PAGES,
    KVM_MEM_READONLY, //
};

/// The slots, in no order. There are a few of them.
pub(crate) struct MemorySlots {
    slots: KVec<MemorySlot>,
}

// ANCHOR: slot
/// `size` bytes at the guest's physical address `guest`, which are at userspace's address `user`.
pub(crate) struct MemorySlot {
    pub(crate) id: u16,
    pub(crate) flags: u32,
    pub(crate) guest: u64,
    pub(crate) size: u64,
    pub(crate) user: u64,
    /// A bit for each page that was written. Empty unless userspace asks for the log.
    pub(crate) dirty: KVVec<u64>,
}
// ANCHOR_END: slot

impl MemorySlots {
    pub(super) const fn new() -> Self {
        MemorySlots { slots: KVec::new() }
    }

    /// All slots.
    pub(super) fn slots(&mut self) -> &mut KVec<MemorySlot> {
        &mut self.slots
    }

    /// Reads within one page. Returns false if the page is in no slot: the access is MMIO.
    ///
    /// # Errors
    ///
    /// `EFAULT` where nothing is mapped there in userspace any more.
    pub(crate) fn read_guest(&mut self, gpa: u64, data: &mut [u8]) -> Result<bool> {
        let Some(slot) = self.slot(gpa) else {
            return Ok(false);
        };
        let memory = slot.user_slice(gpa, data.len());
        memory.reader().read_slice(data)?;
        Ok(true)
    }

    // ANCHOR: write
    /// Writes within one page. Returns false if the page is in no slot, or in a read-only one: the
    /// access is MMIO.
    ///
    /// # Errors
    ///
    /// `EFAULT` where nothing is mapped there in userspace any more, or nothing writable.
    pub(crate) fn write_guest(&mut self, gpa: u64, data: &[u8]) -> Result<bool> {
        let Some(slot) = self.slot(gpa) else {
            return Ok(false);
        };
        if slot.flags & KVM_MEM_READONLY != 0 {
            return Ok(false);
        }
        let memory = slot.user_slice(gpa, data.len());
        memory.writer().write_slice(data)?;
        slot.mark_dirty(gpa);
        Ok(true)
    }
    // ANCHOR_END: write

    // ANCHOR: slot-of
    fn slot(&mut self, gpa: u64) -> Option<&mut MemorySlot> {
        self.slots
            .iter_mut()
            .find(|slot| gpa.wrapping_sub(slot.guest) < slot.size)
    }
    // ANCHOR_END: slot-of
}

impl MemorySlot {
    /// A bitmap for as many pages, or none, as `flags` ask for.
    pub(super) fn new_bitmap(flags: u32, size: u64) -> Result<KVVec<u64>> {
        if flags & KVM_MEM_LOG_DIRTY_PAGES == 0 {
            return Ok(KVVec::new());
        }
        let words = (size as usize / PAGE_SIZE).div_ceil(u64::BITS as usize);
        // A program that asks for too much gets `ENOMEM`, and the kernel's log no warning.
        Ok(KVVec::from_elem(
            0,
            words,
            GFP_KERNEL_ACCOUNT | __GFP_NOWARN,
        )?)
    }

    // ANCHOR: user-slice
    fn user_slice(&self, gpa: u64, length: usize) -> UserSlice {
        let user = self.user.wrapping_add(gpa.wrapping_sub(self.guest));
        UserSlice::new(UserPtr::from_addr(user as usize), length)
    }
    // ANCHOR_END: user-slice

    // ANCHOR: mark-dirty
    fn mark_dirty(&mut self, gpa: u64) {
        let page = gpa.wrapping_sub(self.guest) as usize / PAGE_SIZE;
        if let Some(word) = self.dirty.get_mut(page / u64::BITS as usize) {
            *word |= 1 << (page % u64::BITS as usize);
        }
    }
    // ANCHOR_END: mark-dirty
}

/// How many of `length` bytes at `address` lie in the page of the first.
pub(crate) fn within_page(address: u64, length: usize) -> usize {
    length.min(PAGE_SIZE - (address as usize & !PAGE_MASK))
}
