// SPDX-License-Identifier: GPL-2.0

//! `KVM_SET_IDENTITY_MAP_ADDR`: the address of a page that KVM may use. hiboma does not use it.
//!
//! Counterpart: `kvm_vm_ioctl_set_identity_map_addr()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c). Only Intel's CPUs need it.

use kernel::prelude::*;

use super::Vm;
use crate::{
    abstractions::lock_killable::lock_killable,
    uaccess::copy_from_user, //
};

/// # Errors
///
/// `EINVAL` if the VM already has a vCPU; `EFAULT`.
pub(super) fn ioctl(vm: &Vm, arg: usize) -> Result<isize> {
    let ids = lock_killable(&vm.vcpu_ids)?;
    if !ids.is_empty() {
        return Err(EINVAL);
    }
    let _address: u64 = copy_from_user(arg)?;
    Ok(0)
}
