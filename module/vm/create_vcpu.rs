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

/// The argument is the id of the vCPU. No other vCPU of the VM may have or have had it.
///
/// # Errors
///
/// `EINVAL` where the id is too large or the VM has the maximum of vCPUs, `EEXIST` where the id is
/// taken, `ENOMEM`, and those of [`Vcpu::getfd`].
// ANCHOR: ioctl
pub(super) fn ioctl(vm: ArcBorrow<'_, Vm>, arg: usize) -> Result<isize> {
    let mut ids = lock_killable(&vm.vcpu_ids)?;
    if arg >= KVM_MAX_VCPU_IDS || ids.len() >= KVM_MAX_VCPUS || arg >= vm.max_vcpu_id.get() {
        return Err(EINVAL);
    }
    if ids.contains(&arg) {
        return Err(EEXIST);
    }
    // The descriptor comes last: once it is there, nothing may fail.
    ids.reserve(1, GFP_KERNEL_ACCOUNT)?;
    let fd = Vcpu::getfd(vm.into(), arg)?;
    let _reserved = ids.push_within_capacity(arg);
    Ok(fd as isize)
}
// ANCHOR_END: ioctl
