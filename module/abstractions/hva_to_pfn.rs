// SPDX-License-Identifier: GPL-2.0

//! [`hva_to_pfn`]: which page of memory the current process has at an address.
//!
//! Counterparts: `hva_to_pfn()` in [`virt/kvm/kvm_main.c`](srctree/virt/kvm/kvm_main.c),
//! `kvm_release_faultin_page()` in [`include/linux/kvm_host.h`](srctree/include/linux/kvm_host.h).
//!
//! No reference to the page is kept. Whoever remembers the address must forget it when
//! [`MmuNotifier`](super::mmu_notifier::MmuNotifier) says so.

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
    /// Whether it may be written. It then counts as written.
    pub(crate) writable: bool,
}

/// Faults in the page that the current process has at `address`, to be written or read.
///
/// A page that is only read is writable if that costs nothing and `may_write`.
///
/// # Errors
///
/// `EFAULT` where nothing is mapped there, or nothing that can be written; `EINTR` where a signal is
/// pending and the page is not there.
pub(crate) fn hva_to_pfn(address: usize, write: bool, may_write: bool) -> Result<Pfn> {
    let (address, mut page) = (address & PAGE_MASK, null_mut());
    if may_write {
        // SAFETY: Any address may be asked for, and `page` has room for one page.
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

// The array of all pages has 64 bytes for each, whatever bindgen makes of the structure.
const _: () = assert!(size_of::<bindings::page>() == 64);

/// Puts the reference to a page.
fn release(mut page: *mut bindings::page, writable: bool) -> Pfn {
    // SAFETY: Written once, while the kernel boots: where the array of all pages is.
    let first = unsafe { bindings::vmemmap_base };
    let pfn = (page.addr() - first) / size_of::<bindings::page>();
    // SAFETY: The page and the reference are those that were just taken.
    unsafe {
        if writable {
            // The guest's writes do not pass through the process's page table.
            bindings::set_page_dirty_lock(page);
        }
        bindings::release_pages(bindings::release_pages_arg { pages: &mut page }, 1);
    }
    Pfn {
        address: (pfn << bindings::PAGE_SHIFT) as u64,
        writable,
    }
}
