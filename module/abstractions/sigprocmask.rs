// SPDX-License-Identifier: GPL-2.0

//! [`SignalSet`]: signals that the current task blocks for a while.
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

/// Signals, but for `SIGKILL` and `SIGSTOP`, which nobody blocks.
#[derive(Clone, Copy)]
pub(crate) struct SignalSet(c_ulong);

/// The task blocks a set of signals as long as this lives.
pub(crate) struct Blocked(NotThreadSafe);

impl SignalSet {
    /// The signal with the number 1 is bit 0.
    pub(crate) fn new(bits: c_ulong) -> Self {
        let bit = |signal: u32| 1 << (signal - 1);
        SignalSet(bits & !(bit(bindings::SIGKILL) | bit(bindings::SIGSTOP)))
    }

    /// Blocks these signals and no others. What is blocked otherwise is kept in the task.
    pub(crate) fn block(self) -> Blocked {
        let mut set = bindings::sigset_t { sig: [self.0] };
        // SAFETY: The current task is alive, and nobody else writes `real_blocked`.
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
