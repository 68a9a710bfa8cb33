// SPDX-License-Identifier: GPL-2.0

//! The guest's memory, one page at a time.
//!
//! Counterparts: `kvm_read_guest_page()` and `kvm_write_guest_page()` in
//! [`virt/kvm/kvm_main.c`](srctree/virt/kvm/kvm_main.c), `emulator_cmpxchg_emulated()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).
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

use super::Vm;
use crate::abstractions::{
    page_fault::Wait,
    try_cmpxchg_user::try_cmpxchg_user,
    user_access, //
};

impl Vm {
    /// Returns false if the page is in no slot: the access is MMIO.
    ///
    /// # Errors
    ///
    /// `EFAULT` where nothing is mapped there in userspace any more, `EINTR`.
    pub(crate) fn read_guest_page(&self, gpa: u64, data: &mut [u8], wait: Wait) -> Result<bool> {
        let hva = self.memory.lock().gpa_to_hva(gpa);
        let Some((hva, _)) = hva else {
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
    pub(crate) fn write_guest_page(&self, gpa: u64, data: &[u8], wait: Wait) -> Result<bool> {
        let hva = self.memory.lock().gpa_to_hva(gpa);
        let Some((hva, true)) = hva else {
            return Ok(false);
        };
        user_access::write(hva, data, wait)?;
        self.memory.lock().mark_page_dirty(gpa);
        Ok(true)
    }
    // ANCHOR_END: write

    /// Writes `new` if `old` is still there. Returns whether it was, and `None` for MMIO.
    ///
    /// # Errors
    ///
    /// As [`write_guest_page`](Vm::write_guest_page).
    pub(crate) fn cmpxchg_guest_page(
        &self,
        gpa: u64,
        old: &[u8],
        new: &[u8],
        wait: Wait,
    ) -> Result<Option<bool>> {
        let hva = self.memory.lock().gpa_to_hva(gpa);
        let Some((hva, true)) = hva else {
            return Ok(None);
        };
        let exchanged = try_cmpxchg_user(hva, old, new, wait)?;
        self.memory.lock().mark_page_dirty(gpa);
        Ok(Some(exchanged))
    }
}

/// How many of `length` bytes at `address` lie in the page of the first.
pub(crate) fn within_page(address: u64, length: usize) -> usize {
    length.min(PAGE_SIZE - (address as usize & !PAGE_MASK))
}
