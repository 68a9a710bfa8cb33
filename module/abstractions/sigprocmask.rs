// SPDX-License-Identifier: GPL-2.0

//! [`SignalSet`]: signals that the current task blocks temporarily.
//!
//! C header: [`include/linux/signal.h`](srctree/include/linux/signal.h). Counterparts:
//! `kvm_sigset_activate()` and `kvm_sigset_deactivate()` in
//! [`virt/kvm/kvm_main.c`](srctree/virt/kvm/kvm_main.c).

use core::ptr;
use kernel::{
    bindings,
    prelude::*,
    types::NotThreadSafe, //
};

use super::current::current;

/// A set of signals without `SIGKILL` and `SIGSTOP`, which cannot be blocked.
#[derive(Clone, Copy)]
pub(crate) struct SignalSet(c_ulong);

/// The current task blocks a [`SignalSet`] until this is dropped.
pub(crate) struct Blocked(NotThreadSafe);

impl SignalSet {
    /// Creates a set from a bit mask. Signal 1 is bit 0.
    pub(crate) fn new(bits: c_ulong) -> Self {
        let bit = |signal: u32| 1 << (signal - 1);
        SignalSet(bits & !(bit(bindings::SIGKILL) | bit(bindings::SIGSTOP)))
    }

    /// Blocks these signals and no others. The task keeps its previous mask in `real_blocked`.
    pub(crate) fn block(self) -> Blocked {
        let mut set = bindings::sigset_t { sig: [self.0] };
        // SAFETY: The current task is alive, and only it writes `real_blocked`.
        unsafe {
            bindings::sigprocmask(
                bindings::SIG_SETMASK as c_int,
                &mut set,
                &raw mut (*current()).real_blocked,
            )
        };
        Blocked(NotThreadSafe)
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        // SAFETY: As in `block`. It runs in the same task.
        unsafe {
            let real_blocked = &raw mut (*current()).real_blocked;
            bindings::sigprocmask(
                bindings::SIG_SETMASK as c_int,
                real_blocked,
                ptr::null_mut(),
            );
            (*real_blocked).sig = [0];
        }
    }
}
