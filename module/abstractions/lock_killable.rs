// SPDX-License-Identifier: GPL-2.0

//! [`lock_killable`]: locking a mutex with a wait that a fatal signal ends.
//!
//! C header: [`include/linux/mutex.h`](srctree/include/linux/mutex.h).

use core::ptr;
use kernel::{
    bindings,
    error::to_result,
    prelude::*,
    sync::{
        lock::mutex::MutexGuard,
        Mutex, //
    }, //
};

/// Locks a mutex. Its holder may keep it for as long as a guest runs, so a fatal signal must be
/// able to end the wait.
///
/// # Errors
///
/// `EINTR` if a fatal signal arrives first.
pub(crate) fn lock_killable<T>(mutex: &Mutex<T>) -> Result<MutexGuard<'_, T>> {
    // A `Lock` is `repr(C)` and begins with the C lock; `Lock::from_raw` relies on this as well.
    let raw = ptr::from_ref(mutex).cast_mut().cast::<bindings::mutex>();

    #[cfg(not(CONFIG_DEBUG_LOCK_ALLOC))]
    // SAFETY: The C lock was initialised with the `Mutex`, and lives as long as it.
    to_result(unsafe { bindings::mutex_lock_killable(raw) })?;
    #[cfg(CONFIG_DEBUG_LOCK_ALLOC)]
    // SAFETY: As above. The C macro `mutex_lock_killable` expands to this call.
    to_result(unsafe { bindings::_mutex_lock_killable(raw, 0, ptr::null_mut()) })?;

    // SAFETY: This task has just locked the mutex.
    Ok(unsafe { MutexGuard::new(mutex, ()) })
}
