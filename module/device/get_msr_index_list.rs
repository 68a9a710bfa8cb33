// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_MSR_INDEX_LIST`: which model-specific registers there are. hiboma has none.

use kernel::prelude::*;

use crate::{
    uaccess::{
        copy_from_user,
        copy_to_user, //
    },
    uapi::kvm::KvmMsrList, //
};

/// Tells a program how long a list it must bring: 0 numbers long.
///
/// # Errors
///
/// `EFAULT`. (`E2BIG`, KVM's answer to a list that is too short, cannot be.)
pub(super) fn ioctl(arg: usize) -> Result<isize> {
    let mut list: KvmMsrList = copy_from_user(arg)?;
    list.nmsrs = 0;
    copy_to_user(arg, &list)?;
    Ok(0)
}
