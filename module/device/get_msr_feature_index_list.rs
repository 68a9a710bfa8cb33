// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_MSR_FEATURE_INDEX_LIST`: the model-specific registers that describe CPU features, as
//! `cpuid` does.
//!
//! Counterpart: `kvm_get_feature_msr_index_list()` in
//! [`arch/x86/kvm/msrs.c`](srctree/arch/x86/kvm/msrs.c).

use kernel::prelude::*;

use super::get_msr_index_list::write_list;
use crate::uapi::kvm::{
    MSR_IA32_ARCH_CAPABILITIES,
    MSR_IA32_PERF_CAPABILITIES, //
};

/// The speculation flaws that the CPU does not have, and the features of its performance counters.
pub(super) static FEATURE_MSRS: [u32; 2] = [MSR_IA32_ARCH_CAPABILITIES, MSR_IA32_PERF_CAPABILITIES];

/// # Errors
///
/// `E2BIG` if the program's list is too short, and then the header holds the length; `EFAULT`.
pub(super) fn ioctl(arg: usize) -> Result<isize> {
    write_list(arg, &FEATURE_MSRS)
}
