// SPDX-License-Identifier: GPL-2.0

//! The guest's memory, one page at a time.
//!
//! Counterparts: `kvm_read_guest_page()` and `kvm_write_guest_page()` in
//! [`virt/kvm/kvm_main.c`](srctree/virt/kvm/kvm_main.c).
//!
//! Every access is made by a thread of the process that owns the memory, so it is an access to the
//! current process. No page is pinned: if userspace unmaps memory, the guest loses it too.
//!
//! Userspace can delay an access for as long as it likes, for example with userfaultfd. So no lock
//! is held during an access: the slot's fields are copied, and then the lock is dropped. A signal
//! ends the wait if the caller can handle it, as with `FOLL_INTERRUPTIBLE` in KVM.

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
    /// Reads guest memory. Returns false if the page is in no slot: the access is MMIO.
    ///
    /// # Errors
    ///
    /// `EFAULT` if userspace has nothing mapped there any more; `EINTR` if a signal ends the wait.
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
    /// Writes guest memory. Returns false if no slot or a read-only slot has the page: it is MMIO.
    ///
    /// # Errors
    ///
    /// `EFAULT` if userspace has nothing writable mapped there; `EINTR` if a signal ends the wait.
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

/// Returns how many of `length` bytes at `address` are in the page of the first byte.
pub(crate) fn within_page(address: u64, length: usize) -> usize {
    length.min(PAGE_SIZE - (address as usize & !PAGE_MASK))
}
