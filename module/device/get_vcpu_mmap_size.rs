// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_VCPU_MMAP_SIZE`: returns the size of a vCPU's mapping, in bytes.

use kernel::{
    page::PAGE_SIZE,
    prelude::*, //
};

use crate::uapi::kvm::KVM_VCPU_MMAP_PAGES;

/// # Errors
///
/// `EINVAL` if the argument is not 0.
pub(super) fn ioctl(arg: usize) -> Result<isize> {
    if arg != 0 {
        return Err(EINVAL);
    }
    Ok((KVM_VCPU_MMAP_PAGES * PAGE_SIZE) as isize)
}
