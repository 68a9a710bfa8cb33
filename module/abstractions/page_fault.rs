// SPDX-License-Identifier: GPL-2.0

//! Page faults of the kernel in a program's memory, which the program can make last for as long as it
//! likes: with userfaultfd, for example.
//!
//! A signal does not end such a fault, unless it kills. Whoever wants to be interrupted tries the
//! access with page faults disabled, and has the page faulted in by `get_user_pages()` if that fails.
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

/// How a page that is not there is waited for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// A signal ends the wait: `FOLL_INTERRUPTIBLE`.
    Interruptible,
    /// Only a signal that kills does.
    Killable,
}

// ANCHOR: access
/// Makes an access, by a function that answers `EFAULT` if it cannot be made.
///
/// # Errors
///
/// `EFAULT`, and `EINTR` where a signal is pending and the page is not there.
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

/// Has the page that `address` is in read into memory and mapped.
///
/// # Errors
///
/// `EINTR` where a signal is pending. A page that cannot be had is none: the access will say so.
#[cold]
pub(crate) fn fault_in(address: usize, writable: bool) -> Result {
    let write = if writable { bindings::FOLL_WRITE } else { 0 };
    let flags = write | bindings::FOLL_INTERRUPTIBLE;
    // SAFETY: Any address may be asked for. Without an array for pages, no reference is taken.
    let pages =
        unsafe { bindings::get_user_pages_unlocked(address & PAGE_MASK, 1, null_mut(), flags) };
    let interrupted = [EINTR, EAGAIN].map(|error| error.to_errno() as c_long);
    if interrupted.contains(&pages) {
        return Err(EINTR);
    }
    Ok(())
}

/// Makes an access to which a page that is not there is `EFAULT` at once.
#[inline(always)]
fn disabled(access: impl FnOnce() -> Result) -> Result {
    // SAFETY: Only the current task accesses this field of its own, and it is the same task below.
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
