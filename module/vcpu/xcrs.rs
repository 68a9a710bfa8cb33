// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_XCRS` and `KVM_SET_XCRS`: XCR0, which says what `xsave` saves.
//!
//! Counterparts: `kvm_vcpu_ioctl_x86_get_xcrs()` and `kvm_vcpu_ioctl_x86_set_xcrs()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).
//!
//! Without `xsave` in `cpuid`, XCR0 has only one valid value. hiboma does not support `xsave`.

use kernel::prelude::*;

use crate::{
    uaccess::{
        copy_from_user,
        copy_to_user, //
    },
    uapi::kvm::{
        KvmXcr,
        KvmXcrs,
        KVM_MAX_XCRS, //
    }, //
};

/// XCR0.
const XCR_XFEATURE_ENABLED_MASK: u32 = 0;
/// x87, which is always enabled.
const XFEATURE_MASK_FP: u64 = 1 << 0;

/// # Errors
///
/// `EFAULT`.
pub(super) fn get(arg: usize) -> Result<isize> {
    let mut it = KvmXcrs {
        nr_xcrs: 1,
        ..KvmXcrs::default()
    };
    it.xcrs[0] = KvmXcr {
        xcr: XCR_XFEATURE_ENABLED_MASK,
        reserved: 0,
        value: XFEATURE_MASK_FP,
    };
    copy_to_user(arg, &it)?;
    Ok(0)
}

/// Sets XCR0. Other registers are ignored, as in KVM.
///
/// # Errors
///
/// `EINVAL` if there are more than 16 registers, a flag is set, or XCR0 is not 1; `EFAULT`.
pub(super) fn set(arg: usize) -> Result<isize> {
    let it: KvmXcrs = copy_from_user(arg)?;
    let nr = it.nr_xcrs as usize;
    if nr > KVM_MAX_XCRS || it.flags != 0 {
        return Err(EINVAL);
    }
    let mut given = it.xcrs.iter().take(nr);
    match given.find(|it| it.xcr == XCR_XFEATURE_ENABLED_MASK) {
        Some(xcr0) if xcr0.value != XFEATURE_MASK_FP => Err(EINVAL),
        _ => Ok(0),
    }
}
