// SPDX-License-Identifier: GPL-2.0

//! The guest's memory, one page at a time.
//!
//! Counterparts: `kvm_read_guest_page()` and `kvm_write_guest_page()` in
//! [`virt/kvm/kvm_main.c`](srctree/virt/kvm/kvm_main.c).
//!
//! A thread of the process that owns the memory makes every access, so an access is one to the
//! current process. Nothing is pinned: what userspace unmaps is gone for the guest as well.
//!
//! Userspace may keep an access waiting for as long as it likes, by userfaultfd for example. So no
//! lock is held during one: the slot's numbers are copied, and then the lock is dropped. And a signal
//! ends the wait if the caller can take it, as in KVM, where `FOLL_INTERRUPTIBLE` says so.

use kernel::{
    page::{
        PAGE_MASK,
        PAGE_SIZE, //
    },
    prelude::*, //
};

use super::{
    last_used_slot::{
        LastUsedSlot,
        LastUsedSlots, //
    },
    Vm, //
};
use crate::abstractions::{
    page_fault::Wait,
    user_access, //
};

impl Vm {
    /// Returns false if the page is in no slot: the access is MMIO.
    ///
    /// # Errors
    ///
    /// `EFAULT` where nothing is mapped there in userspace any more, `EINTR`.
    #[inline(always)]
    pub(crate) fn read_guest_page(
        &self,
        slot: &mut LastUsedSlot,
        gpa: u64,
        data: &mut [u8],
        wait: Wait,
    ) -> Result<bool> {
        let Some(hva) = slot.gpa_to_hva(self, gpa) else {
            return Ok(false);
        };
        user_access::read(hva, data, wait)?;
        Ok(true)
    }

    // ANCHOR: write
    /// Returns false if the page is in no slot, or in a read-only one: the access is MMIO.
    ///
    /// # Errors
    ///
    /// `EFAULT` where nothing is mapped there in userspace any more, or nothing writable, `EINTR`.
    #[inline(always)]
    pub(crate) fn write_guest_page(
        &self,
        slots: &mut LastUsedSlots,
        gpa: u64,
        data: &[u8],
        wait: Wait,
    ) -> Result<bool> {
        let hva = slots.data.gpa_to_hva(self, gpa);
        let Some(hva) = hva.filter(|_| slots.data.is_writable()) else {
            return Ok(false);
        };
        user_access::write(hva, data, wait)?;
        self.mark_page_dirty(slots, gpa);
        Ok(true)
    }
    // ANCHOR_END: write
}

/// How many of `length` bytes at `address` lie in the page of the first.
pub(crate) fn within_page(address: u64, length: usize) -> usize {
    length.min(PAGE_SIZE - (address as usize & !PAGE_MASK))
}
