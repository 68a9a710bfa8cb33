// SPDX-License-Identifier: GPL-2.0

//! `KVM_ENABLE_CAP` on a vCPU.
//!
//! Counterpart: `kvm_vcpu_ioctl_enable_cap()` in [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).

use kernel::prelude::*;

use crate::{
    uaccess::copy_from_user,
    uapi::kvm::{
        KvmEnableCap,
        KVM_CAP_ENFORCE_PV_FEATURE_CPUID, //
    }, //
};

/// # Errors
///
/// `EINVAL` if a flag is set, or if the capability cannot be enabled; `EFAULT`.
pub(super) fn ioctl(arg: usize) -> Result<isize> {
    let it: KvmEnableCap = copy_from_user(arg)?;
    match it.cap as usize {
        // Denies paravirtual features that the guest's CPUID lacks. hiboma has no such features.
        KVM_CAP_ENFORCE_PV_FEATURE_CPUID if it.flags == 0 => Ok(0),
        _ => Err(EINVAL),
    }
}
