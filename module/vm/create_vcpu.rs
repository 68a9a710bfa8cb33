// SPDX-License-Identifier: GPL-2.0

//! `KVM_CREATE_VCPU`: a descriptor of a new processor.
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

/// The argument is the id of the processor, which no other of the machine has or has had.
///
/// # Errors
///
/// `EINVAL` where the id is too large or the machine has as many as it may have, `EEXIST` where the
/// id is taken, `ENOMEM`, and those of [`Vcpu::getfd`].
// ANCHOR: ioctl
pub(super) fn ioctl(vm: ArcBorrow<'_, Vm>, arg: usize) -> Result<isize> {
    let mut ids = lock_killable(&vm.vcpu_ids)?;
    if arg >= KVM_MAX_VCPU_IDS || ids.len() >= KVM_MAX_VCPUS {
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
