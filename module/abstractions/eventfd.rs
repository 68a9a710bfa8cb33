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

/// A reference to an `eventfd_ctx`. It stays valid when the file descriptor is closed.
///
/// Two are equal if they refer to the same `eventfd_ctx`.
///
/// # Invariants
///
/// The pointer is valid, and we own the reference.
#[derive(PartialEq, Eq)]
pub(crate) struct EventFd(NonNull<bindings::eventfd_ctx>);

// SAFETY: Any thread may use the reference: the object has its own lock.
unsafe impl Send for EventFd {}

impl EventFd {
    /// Looks up a file descriptor of the current process.
    ///
    /// # Errors
    ///
    /// `EBADF` if it is not open; `EINVAL` if it is not an eventfd.
    pub(crate) fn fdget(fd: i32) -> Result<Self> {
        // SAFETY: Any number is allowed.
        let context = from_err_ptr(unsafe { bindings::eventfd_ctx_fdget(fd) })?;
        // INVARIANT: The call took a reference for its caller.
        Ok(EventFd(NonNull::new(context).ok_or(EBADF)?))
    }

    /// Adds 1 to the counter, and wakes the tasks that wait for it.
    pub(crate) fn signal(&self) {
        // SAFETY: The pointer is valid by the invariant. May be called in any context.
        unsafe { bindings::eventfd_signal_mask(self.0.as_ptr(), 0) };
    }
}

impl Drop for EventFd {
    fn drop(&mut self) {
        // SAFETY: By the invariant we own the reference, and nothing uses it afterwards.
        unsafe { bindings::eventfd_ctx_put(self.0.as_ptr()) };
    }
}
