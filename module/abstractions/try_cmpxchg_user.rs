// SPDX-License-Identifier: GPL-2.0

//! [`try_cmpxchg_user`]: compare and exchange in the memory of the current process.
//!
//! Counterpart: `__try_cmpxchg_user()` in
//! [`arch/x86/include/asm/uaccess.h`](srctree/arch/x86/include/asm/uaccess.h), which needs no page
//! pinned: it catches the fault.

use core::{
    ptr::null_mut,
    sync::atomic::{
        AtomicU16,
        AtomicU32,
        AtomicU8,
        Ordering::SeqCst, //
    }, //
};
use kernel::{
    bindings,
    page::{
        PAGE_MASK,
        PAGE_SIZE, //
    },
    prelude::*, //
};

use super::{
    page_fault::{
        self,
        Wait, //
    },
    user_access::{
        value_of,
        write, //
    }, //
};

/// Writes `new` if the memory contains `old`, in one atomic step. Returns whether it did.
///
/// For a value that is misaligned, or not of 1, 2 or 4 bytes, it is not atomic and always writes
/// `new`. KVM has such a fallback too, and logs it, but uses it for fewer values: those that cross
/// a page, or a cache line if the host detects split locks.
///
/// # Errors
///
/// As [`write`].
pub(crate) fn try_cmpxchg_user(address: usize, old: &[u8], new: &[u8], wait: Wait) -> Result<bool> {
    if !matches!(new.len(), 1 | 2 | 4) || address % new.len() != 0 {
        write(address, new, wait)?;
        return Ok(true);
    }
    if wait == Wait::Interruptible {
        page_fault::fault_in(address, true)?;
    }
    let mut page = null_mut();
    // SAFETY: Any address is allowed, and `page` has room for one page.
    let pinned = unsafe {
        bindings::pin_user_pages_fast(address & PAGE_MASK, 1, bindings::FOLL_WRITE, &mut page)
    };
    if pinned != 1 {
        return Err(EFAULT);
    }
    // SAFETY: The page is pinned.
    let start = unsafe { bindings::kmap_local_page(page) };
    let place = start.cast::<u8>().wrapping_add(address & (PAGE_SIZE - 1));
    let (old, new, size) = (value_of(old), value_of(new), new.len());
    // SAFETY: The place is within the page, and aligned. The program accesses it with CPU
    // instructions, as these atomics do.
    let done = unsafe {
        match size {
            1 => AtomicU8::from_ptr(place)
                .compare_exchange(old as u8, new as u8, SeqCst, SeqCst)
                .is_ok(),
            2 => AtomicU16::from_ptr(place.cast())
                .compare_exchange(old as u16, new as u16, SeqCst, SeqCst)
                .is_ok(),
            _ => AtomicU32::from_ptr(place.cast())
                .compare_exchange(old as u32, new as u32, SeqCst, SeqCst)
                .is_ok(),
        }
    };
    // SAFETY: `start` was mapped above, and nothing has been mapped since. We own the pin.
    unsafe {
        bindings::kunmap_local(start);
        bindings::unpin_user_pages_dirty_lock(&mut page, 1, done);
    }
    Ok(done)
}
