// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_MSRS` on the device: what the feature MSRs of a vCPU can be.
//!
//! Counterpart: `kvm_get_feature_msrs()` in [`arch/x86/kvm/msrs.c`](srctree/arch/x86/kvm/msrs.c).

use kernel::prelude::*;

use super::get_msr_feature_index_list::FEATURE_MSRS;
use crate::vcpu::msrs::{
    get_entries,
    MSRS_TO_SAVE, //
};

/// Returns how many were read: those before the first that is unknown. All of them are 0. As in KVM,
/// the MSRs of `KVM_GET_MSR_INDEX_LIST` are known as well.
///
/// # Errors
///
/// `E2BIG` for 256 entries and more; `EFAULT`, `ENOMEM`.
pub(super) fn ioctl(arg: usize) -> Result<isize> {
    get_entries(arg, |index| {
        let known = FEATURE_MSRS.contains(&index) || MSRS_TO_SAVE.contains(&index);
        known.then_some(0)
    })
}
