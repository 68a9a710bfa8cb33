// SPDX-License-Identifier: GPL-2.0

//! `KVM_CAP_MAX_VCPU_ID`: a limit of a VM for the ids of its vCPUs.
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

/// 0 as long as nobody has set it. Then it stays.
pub(super) struct MaxVcpuId(Atomic<usize>);

impl MaxVcpuId {
    pub(super) fn new() -> Self {
        MaxVcpuId(Atomic::new(0))
    }

    /// The limit. The first vCPU asks for it, even if it fails, and so sets it.
    pub(super) fn get(&self) -> usize {
        if self.0.load(Relaxed) == 0 {
            self.0.store(KVM_MAX_VCPU_IDS, Relaxed);
        }
        self.0.load(Relaxed)
    }

    /// # Errors
    ///
    /// `EINVAL` if it is above the maximum, or was set to something else.
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
