// SPDX-License-Identifier: GPL-2.0

//! `KVM_CREATE_VM`: makes a VM and a descriptor for it.
//!
//! Counterpart: `kvm_dev_ioctl_create_vm()`. `HIBOMA_OPEN_FD` makes the very same object.

use kernel::prelude::*;

use super::Engine;
use crate::vm::Vm;

/// The argument is the type of the VM. There is one type.
///
/// # Errors
///
/// `EINVAL` for any other type, and those of [`Vm::getfd`].
pub(super) fn ioctl(engine: Engine, arg: usize) -> Result<isize> {
    if arg != 0 {
        return Err(EINVAL);
    }
    Ok(Vm::getfd(engine)? as isize)
}
