// SPDX-License-Identifier: GPL-2.0

//! `KVM_CREATE_VCPU`: creates a vCPU and a file descriptor for it.
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

/// The argument is the id of the vCPU. No vCPU of this VM may have used it before.
///
/// # Errors
///
/// `EINVAL` if the id is too large or the VM has the maximum number of vCPUs; `EEXIST` if the id
/// was used before; `ENOMEM`; the errors of [`Vcpu::getfd`].
// ANCHOR: ioctl
pub(super) fn ioctl(vm: ArcBorrow<'_, Vm>, arg: usize) -> Result<isize> {
    let mut ids = lock_killable(&vm.vcpu_ids)?;
    if arg >= KVM_MAX_VCPU_IDS || ids.len() >= KVM_MAX_VCPUS || arg >= vm.max_vcpu_id.get() {
        return Err(EINVAL);
    }
    if ids.contains(&arg) {
        return Err(EEXIST);
    }
    // Create the descriptor last: once userspace can use it, nothing may fail.
    ids.reserve(1, GFP_KERNEL_ACCOUNT)?;
    let fd = Vcpu::getfd(vm.into(), arg)?;
    let _reserved = ids.push_within_capacity(arg);
    Ok(fd as isize)
}
// ANCHOR_END: ioctl
