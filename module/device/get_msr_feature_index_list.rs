// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_MSR_FEATURE_INDEX_LIST`: the model-specific registers that describe features, as `cpuid`
//! does.
//!
//! Counterpart: `kvm_get_feature_msr_index_list()` in
//! [`arch/x86/kvm/msrs.c`](srctree/arch/x86/kvm/msrs.c).

use kernel::prelude::*;

use super::get_msr_index_list::write_list;
use crate::uapi::kvm::{
    MSR_IA32_ARCH_CAPABILITIES,
    MSR_IA32_PERF_CAPABILITIES, //
};

/// Which flaws of speculation the CPU does not have, and what its performance counters can do.
pub(super) static FEATURE_MSRS: [u32; 2] = [MSR_IA32_ARCH_CAPABILITIES, MSR_IA32_PERF_CAPABILITIES];

/// # Errors
///
/// `E2BIG` if the program's list is too short; the header says how long it must be. `EFAULT`.
pub(super) fn ioctl(arg: usize) -> Result<isize> {
    write_list(arg, &FEATURE_MSRS)
}
