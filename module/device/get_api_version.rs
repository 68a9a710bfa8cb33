// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_API_VERSION`: always returns 12.

use kernel::prelude::*;

use crate::uapi::kvm::KVM_API_VERSION;

/// # Errors
///
/// `EINVAL` if the argument is not 0: other values may get a meaning later.
pub(super) fn ioctl(arg: usize) -> Result<isize> {
    if arg != 0 {
        return Err(EINVAL);
    }
    Ok(KVM_API_VERSION as isize)
}
