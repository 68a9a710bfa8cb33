// SPDX-License-Identifier: GPL-2.0

//! `KVM_CREATE_VCPU`: makes a vCPU and a descriptor for it.
//!
//! Counterpart: `kvm_vm_ioctl_create_vcpu()`.

use kernel::{
    prelude::*,
    sync::ArcBorrow, //
};

use super::Vm;
use crate::{
    abstractions::lock_killable::lock_killable,
    limits::{
        KVM_MAX_VCPUS,
        KVM_MAX_VCPU_IDS, //
    },
    vcpu::Vcpu, //
};

/// The ids of a VM's vCPUs.
pub(super) struct VcpuIds {
    /// Those of all vCPUs that were ever made.
    pub(super) taken: KVec<usize>,
    /// All ids are below. 0 as long as nobody has set it: `KVM_CAP_MAX_VCPU_ID`.
    pub(super) limit: usize,
}

impl VcpuIds {
    pub(super) const fn new() -> Self {
        VcpuIds {
            taken: KVec::new(),
            limit: 0,
        }
    }
}

/// The argument is the id of the vCPU. No other vCPU of the VM may have or have had it.
///
/// # Errors
///
/// `EINVAL` where the id is too large or the VM has the maximum of vCPUs, `EEXIST` where the id is
/// taken, `ENOMEM`, and those of [`Vcpu::getfd`].
// ANCHOR: ioctl
pub(super) fn ioctl(vm: ArcBorrow<'_, Vm>, arg: usize) -> Result<isize> {
    let mut ids = lock_killable(&vm.vcpu_ids)?;
    if arg >= KVM_MAX_VCPU_IDS || ids.taken.len() >= KVM_MAX_VCPUS {
        return Err(EINVAL);
    }
    // From the first vCPU on, the limit stays as it is.
    if ids.limit == 0 {
        ids.limit = KVM_MAX_VCPU_IDS;
    }
    if arg >= ids.limit {
        return Err(EINVAL);
    }
    if ids.taken.contains(&arg) {
        return Err(EEXIST);
    }
    // The descriptor comes last: once it is there, nothing may fail.
    ids.taken.reserve(1, GFP_KERNEL_ACCOUNT)?;
    let fd = Vcpu::getfd(vm.into(), arg)?;
    let _reserved = ids.taken.push_within_capacity(arg);
    Ok(fd as isize)
}
// ANCHOR_END: ioctl
