// SPDX-License-Identifier: GPL-2.0

//! `KVM_SET_SIGNAL_MASK`: which signals are blocked while `KVM_RUN` is under way.
//!
//! Counterpart: `kvm_vcpu_ioctl_set_sigmask()` in
//! [`virt/kvm/kvm_main.c`](srctree/virt/kvm/kvm_main.c).
//!
//! A thread blocks a signal, and lets `KVM_RUN` have it. Then the signal is not lost between the
//! thread's last look and `KVM_RUN`. `immediate_exit` does the same without two system calls.

use kernel::{
    ffi::c_ulong,
    prelude::*, //
};

use super::State;
use crate::{
    abstractions::sigprocmask::SignalSet,
    uaccess::{
        copy_from_user, //
    },
    uapi::kvm::KvmSignalMask, //
};

/// Without an argument, the thread's own mask counts again.
///
/// # Errors
///
/// `EFAULT`, and `EINVAL` for a mask of another length than 8 bytes.
pub(super) fn ioctl(state: &mut State, arg: usize) -> Result<isize> {
    if arg == 0 {
        state.blocked_signals = None;
        return Ok(0);
    }
    let mask: KvmSignalMask = copy_from_user(arg)?;
    if mask.len as usize != size_of::<c_ulong>() {
        return Err(EINVAL);
    }
    let bits = copy_from_user(arg.wrapping_add(size_of::<KvmSignalMask>()))?;
    state.blocked_signals = Some(SignalSet::new(bits));
    Ok(0)
}
