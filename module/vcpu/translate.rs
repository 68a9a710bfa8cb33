// SPDX-License-Identifier: GPL-2.0

//! `KVM_TRANSLATE`: the physical address of a linear address.
//!
//! Counterpart: `kvm_arch_vcpu_ioctl_translate()` in [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).

use kernel::prelude::*;

use crate::{
    uaccess::{
        copy_from_user,
        copy_to_user, //
    },
    uapi::kvm::KvmTranslation, //
};

/// The address that is no address of the guest's.
const INVALID_GPA: u64 = !0;

/// Without paging they are the same.
///
/// # Errors
///
/// `EFAULT`.
pub(super) fn ioctl(arg: usize) -> Result<isize> {
    let it: KvmTranslation = copy_from_user(arg)?;
    let it = KvmTranslation {
        physical_address: it.linear_address,
        valid: (it.linear_address != INVALID_GPA).into(),
        writeable: 1,
        usermode: 0,
        ..it
    };
    copy_to_user(arg, &it)?;
    Ok(0)
}
