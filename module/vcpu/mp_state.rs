// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_MP_STATE` and `KVM_SET_MP_STATE`: whether the vCPU is runnable or waits.
//!
//! Counterparts: `kvm_arch_vcpu_ioctl_get_mpstate()` and `kvm_arch_vcpu_ioctl_set_mpstate()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).
//!
//! A vCPU waits only if there is an in-kernel interrupt controller. hiboma has none, so every vCPU
//! is always runnable.

use kernel::prelude::*;

use crate::{
    uaccess::{
        copy_from_user,
        copy_to_user, //
    },
    uapi::kvm::{
        KvmMpState,
        KVM_MP_STATE_RUNNABLE, //
    }, //
};

/// # Errors
///
/// `EFAULT`.
pub(super) fn get(arg: usize) -> Result<isize> {
    let state = KvmMpState {
        mp_state: KVM_MP_STATE_RUNNABLE,
    };
    copy_to_user(arg, &state)?;
    Ok(0)
}

// ANCHOR: set
/// # Errors
///
/// `EINVAL` if the state is not `KVM_MP_STATE_RUNNABLE`; `EFAULT`.
pub(super) fn set(arg: usize) -> Result<isize> {
    let state: KvmMpState = copy_from_user(arg)?;
    if state.mp_state != KVM_MP_STATE_RUNNABLE {
        return Err(EINVAL);
    }
    Ok(0)
}
// ANCHOR_END: set
