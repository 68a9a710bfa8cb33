// SPDX-License-Identifier: GPL-2.0

//! `KVM_CAP_MAX_VCPU_ID`: a VM's own limit for the ids of its vCPUs.
//!
//! Counterpart: `max_vcpu_ids` of `struct kvm_arch`, in
//! [`arch/x86/include/asm/kvm_host.h`](srctree/arch/x86/include/asm/kvm_host.h).

use kernel::{
    prelude::*,
    sync::atomic::{
        Atomic,
        Relaxed, //
    }, //
};

use crate::limits::KVM_MAX_VCPU_IDS;

/// 0 until it is set. After that it does not change.
pub(super) struct MaxVcpuId(Atomic<usize>);

impl MaxVcpuId {
    pub(super) fn new() -> Self {
        MaxVcpuId(Atomic::new(0))
    }

    /// Returns the limit, and fixes it: so the first `KVM_CREATE_VCPU` sets it, even if it fails.
    pub(super) fn get(&self) -> usize {
        if self.0.load(Relaxed) == 0 {
            self.0.store(KVM_MAX_VCPU_IDS, Relaxed);
        }
        self.0.load(Relaxed)
    }

    /// # Errors
    ///
    /// `EINVAL` if the limit is above the maximum, or if it was set to another value.
    pub(super) fn set(&self, limit: u64) -> Result {
        let limit = usize::try_from(limit).map_err(|_| EINVAL)?;
        let old = self.0.load(Relaxed);
        if limit > KVM_MAX_VCPU_IDS || old != 0 && old != limit {
            return Err(EINVAL);
        }
        self.0.store(limit, Relaxed);
        Ok(())
    }
}
