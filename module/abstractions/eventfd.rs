// SPDX-License-Identifier: GPL-2.0

//! [`EventFd`]: an eventfd that is signalled from the kernel.
//!
//! C header: [`include/linux/eventfd.h`](srctree/include/linux/eventfd.h).

use core::ptr::NonNull;
use kernel::{
    bindings,
    error::from_err_ptr,
    prelude::*, //
};

/// A reference to an `eventfd_ctx`, which outlives the descriptor that led to it.
///
/// Two are equal if they are references to the same one.
///
/// # Invariants
///
/// The pointer is valid, and the reference is ours.
#[derive(PartialEq, Eq)]
pub(crate) struct EventFd(NonNull<bindings::eventfd_ctx>);

// SAFETY: Whoever holds a reference may use it: the object has a lock of its own.
unsafe impl Send for EventFd {}

impl EventFd {
    /// Looks a descriptor of the current process up.
    ///
    /// # Errors
    ///
    /// `EBADF` where it is not open, `EINVAL` where it is no eventfd.
    pub(crate) fn fdget(fd: i32) -> Result<Self> {
        // SAFETY: Any number may be asked for.
        let context = from_err_ptr(unsafe { bindings::eventfd_ctx_fdget(fd) })?;
        // INVARIANT: The call took a reference for its caller.
        Ok(EventFd(NonNull::new(context).ok_or(EBADF)?))
    }

    /// Adds 1 to its counter, and wakes who waits for that.
    pub(crate) fn signal(&self) {
        // SAFETY: The pointer is valid by the invariant. May be called anywhere.
        unsafe { bindings::eventfd_signal_mask(self.0.as_ptr(), 0) };
    }
}

impl Drop for EventFd {
    fn drop(&mut self) {
        // SAFETY: By the invariant the reference is ours to put, and it is not used any more.
        unsafe { bindings::eventfd_ctx_put(self.0.as_ptr()) };
    }
}
