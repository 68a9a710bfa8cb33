// SPDX-License-Identifier: GPL-2.0

//! Page faults of the kernel in userspace memory. The program can make such a fault last as long as
//! it likes, with userfaultfd for example.
//!
//! Only a fatal signal ends such a fault. An access that any signal should interrupt therefore runs
//! with page faults disabled first; if it fails, `get_user_pages()` faults in the page.
//!
//! Counterparts: `pagefault_disable()` in [`include/linux/uaccess.h`](srctree/include/linux/uaccess.h),
//! which is inline, and `hva_to_pfn_slow()` in [`virt/kvm/kvm_main.c`](srctree/virt/kvm/kvm_main.c).

use core::{
    ptr::null_mut,
    sync::atomic::{
        compiler_fence,
        Ordering::SeqCst, //
    }, //
};
use kernel::{
    bindings,
    page::PAGE_MASK,
    prelude::*, //
};

use super::current::current;

/// How to wait for a page that is not present.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Any signal ends the wait: `FOLL_INTERRUPTIBLE`.
    Interruptible,
    /// Only a fatal signal ends the wait.
    Killable,
}

// ANCHOR: access
/// Runs `access`, a function that returns `EFAULT` if it cannot access the memory.
///
/// # Errors
///
/// `EFAULT` if the access fails; `EINTR` if a signal is pending and the page is not present.
#[inline(always)]
pub(crate) fn access(
    address: usize,
    writable: bool,
    wait: Wait,
    mut access: impl FnMut() -> Result,
) -> Result {
    if wait == Wait::Interruptible {
        if disabled(&mut access).is_ok() {
            return Ok(());
        }
        fault_in(address, writable)?;
    }
    access()
}
// ANCHOR_END: access

/// Faults in the page that contains `address`.
///
/// # Errors
///
/// `EINTR` if a signal is pending. It ignores other failures: the access will report them.
#[cold]
pub(crate) fn fault_in(address: usize, writable: bool) -> Result {
    let write = if writable { bindings::FOLL_WRITE } else { 0 };
    let flags = write | bindings::FOLL_INTERRUPTIBLE;
    // SAFETY: Any address is allowed. Without an array for pages, no reference is taken.
    let pages =
        unsafe { bindings::get_user_pages_unlocked(address & PAGE_MASK, 1, null_mut(), flags) };
    let interrupted = [EINTR, EAGAIN].map(|error| error.to_errno() as c_long);
    if interrupted.contains(&pages) {
        return Err(EINTR);
    }
    Ok(())
}

/// Runs `access` with page faults disabled: it returns `EFAULT` at once if a page is not present.
#[inline(always)]
fn disabled(access: impl FnOnce() -> Result) -> Result {
    // SAFETY: Only the current task accesses this field, and the current task is the same below.
    let disabled = unsafe { &raw mut (*current()).pagefault_disabled };
    // SAFETY: As above.
    unsafe { *disabled = (*disabled).wrapping_add(1) };
    compiler_fence(SeqCst);
    let result = access();
    compiler_fence(SeqCst);
    // SAFETY: As above.
    unsafe { *disabled = (*disabled).wrapping_sub(1) };
    result
}
