// SPDX-License-Identifier: GPL-2.0

//! `KVM_SET_SIGNAL_MASK`: the signals that are blocked during `KVM_RUN`.
//!
//! Counterpart: `kvm_vcpu_ioctl_set_sigmask()` in
//! [`virt/kvm/kvm_main.c`](srctree/virt/kvm/kvm_main.c).
//!
//! A thread blocks a signal except during `KVM_RUN`. So the signal is not lost if it comes between
//! the thread's last check and `KVM_RUN`. `immediate_exit` does the same without two system calls.

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

/// If the argument is 0, the thread's own mask applies again.
///
/// # Errors
///
/// `EINVAL` if the mask is not 8 bytes long; `EFAULT`.
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
