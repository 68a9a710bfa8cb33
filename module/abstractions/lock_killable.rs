// SPDX-License-Identifier: GPL-2.0

//! [`lock_killable`]: to wait for a mutex until killed.
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

/// Locks a mutex. Who holds it may keep it for as long as a guest runs, so whoever waits for it
/// must be able to give up.
///
/// # Errors
///
/// `EINTR` where a fatal signal came first.
pub(crate) fn lock_killable<T>(mutex: &Mutex<T>) -> Result<MutexGuard<'_, T>> {
    // A `Lock` is `repr(C)` and begins with the C lock, on which `Lock::from_raw` relies as well.
    let raw = ptr::from_ref(mutex).cast_mut().cast::<bindings::mutex>();

    #[cfg(not(CONFIG_DEBUG_LOCK_ALLOC))]
    // SAFETY: The C lock was initialised with the `Mutex`, and lives as long.
    to_result(unsafe { bindings::mutex_lock_killable(raw) })?;
    #[cfg(CONFIG_DEBUG_LOCK_ALLOC)]
    // SAFETY: As above. It is what the C macro of that name comes to.
    to_result(unsafe { bindings::_mutex_lock_killable(raw, 0, ptr::null_mut()) })?;

    // SAFETY: It has just been locked, and by nobody else.
    Ok(unsafe { MutexGuard::new(mutex, ()) })
}
