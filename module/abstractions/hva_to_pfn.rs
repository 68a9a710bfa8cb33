// SPDX-License-Identifier: GPL-2.0

//! [`hva_to_pfn`]: finds the page that the current process has mapped at an address.
//!
//! Counterparts: `hva_to_pfn()` in [`virt/kvm/kvm_main.c`](srctree/virt/kvm/kvm_main.c),
//! `kvm_release_faultin_page()` in [`include/linux/kvm_host.h`](srctree/include/linux/kvm_host.h).
//!
//! No reference to the page is kept. Code that stores the address must discard it when
//! [`MmuNotifier`](super::mmu_notifier::MmuNotifier) reports a change.

use core::ptr::null_mut;
use kernel::{
    bindings,
    page::PAGE_MASK,
    prelude::*, //
};

/// A page of memory.
pub(crate) struct Pfn {
    /// Its physical address.
    pub(crate) address: u64,
    /// Whether it may be written. If so, it is already marked as dirty.
    pub(crate) writable: bool,
}

/// Faults in the page that the current process has at `address`, for writing or reading.
///
/// For a read, the page is writable too if `may_write` is set and a fast lookup finds it writable.
///
/// # Errors
///
/// `EFAULT` if nothing is mapped there, nothing writable for a write, or memory that has no `struct
/// page` (`VM_PFNMAP`); `EINTR` if a signal is pending and the page is not present.
pub(crate) fn hva_to_pfn(address: usize, write: bool, may_write: bool) -> Result<Pfn> {
    let (address, mut page) = (address & PAGE_MASK, null_mut());
    if may_write {
        // SAFETY: Any address is allowed, and `page` has room for one page.
        let found = unsafe {
            bindings::get_user_pages_fast_only(address, 1, bindings::FOLL_WRITE, &mut page)
        };
        if found == 1 {
            return Ok(release(page, true));
        }
    }
    let flags = bindings::FOLL_INTERRUPTIBLE | if write { bindings::FOLL_WRITE } else { 0 };
    // SAFETY: As above.
    match unsafe { bindings::get_user_pages_unlocked(address, 1, &mut page, flags) } {
        1 => Ok(release(page, write)),
        error
            if [EINTR, EAGAIN]
                .map(|it| it.to_errno() as c_long)
                .contains(&error) =>
        {
            Err(EINTR)
        }
        _ => Err(EFAULT),
    }
}

// An element of `vmemmap`, the array of all pages, has 64 bytes, whatever bindgen computes.
const _: () = assert!(size_of::<bindings::page>() == 64);

/// Drops the reference to a page, and returns its physical address.
fn release(mut page: *mut bindings::page, writable: bool) -> Pfn {
    // SAFETY: The start of the array of all pages: written once, while the kernel boots.
    let first = unsafe { bindings::vmemmap_base };
    let pfn = (page.addr() - first) / size_of::<bindings::page>();
    // SAFETY: The caller has just taken this reference to the page.
    unsafe {
        if writable {
            // The guest's writes set no dirty bit in the process's page table.
            bindings::set_page_dirty_lock(page);
        }
        bindings::release_pages(bindings::release_pages_arg { pages: &mut page }, 1);
    }
    Pfn {
        address: (pfn << bindings::PAGE_SHIFT) as u64,
        writable,
    }
}
