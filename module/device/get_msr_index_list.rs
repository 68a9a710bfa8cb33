// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_MSR_INDEX_LIST`: the model-specific registers that userspace must save and restore.
//!
//! Counterpart: `kvm_get_msr_index_list()` in [`arch/x86/kvm/msrs.c`](srctree/arch/x86/kvm/msrs.c).

use kernel::prelude::*;

use crate::{
    uaccess::{
        copy_from_user,
        copy_to_user, //
    },
    uapi::kvm::KvmMsrList,
    user_list::copy_entries_to_user,
    vcpu::msrs::MSRS_TO_SAVE, //
};

/// Writes the list, and its length into its header.
///
/// # Errors
///
/// `E2BIG` if the program's list is too short, and then the header holds the length; `EFAULT`.
pub(super) fn ioctl(arg: usize) -> Result<isize> {
    write_list(arg, &MSRS_TO_SAVE)
}

/// Writes a list of MSRs to userspace, and its length into its header.
pub(super) fn write_list(arg: usize, indices: &[u32]) -> Result<isize> {
    let list: KvmMsrList = copy_from_user(arg)?;
    let nmsrs = indices.len() as u32;
    copy_to_user(arg, &KvmMsrList { nmsrs })?;
    if list.nmsrs < nmsrs {
        return Err(E2BIG);
    }
    copy_entries_to_user::<KvmMsrList, _>(arg, indices)?;
    Ok(0)
}
