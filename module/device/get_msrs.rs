// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_MSRS` on the device: the values that the feature MSRs of a vCPU can have.
//!
//! Counterpart: `kvm_get_feature_msrs()` in [`arch/x86/kvm/msrs.c`](srctree/arch/x86/kvm/msrs.c).

use kernel::prelude::*;

use super::get_msr_feature_index_list::FEATURE_MSRS;
use crate::vcpu::msrs::{
    get_entries,
    MSRS_TO_SAVE, //
};

/// Returns the number of MSRs read: it stops at the first unknown one. All values are 0. As in KVM,
/// the MSRs of `KVM_GET_MSR_INDEX_LIST` are known too.
///
/// # Errors
///
/// `E2BIG` if there are 256 entries or more; `EFAULT`; `ENOMEM`.
pub(super) fn ioctl(arg: usize) -> Result<isize> {
    get_entries(arg, |index| {
        let known = FEATURE_MSRS.contains(&index) || MSRS_TO_SAVE.contains(&index);
        known.then_some(0)
    })
}
