// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_API_VERSION`: 12, for ever.

use kernel::prelude::*;

use crate::uapi::kvm::KVM_API_VERSION;

/// # Errors
///
/// `EINVAL` for any argument but 0, so that one can get a meaning some day.
pub(super) fn ioctl(arg: usize) -> Result<isize> {
    if arg != 0 {
        return Err(EINVAL);
    }
    Ok(KVM_API_VERSION as isize)
}
