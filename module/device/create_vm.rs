// SPDX-License-Identifier: GPL-2.0

//! `KVM_CREATE_VM`: creates a VM and a file descriptor for it.
//!
//! Counterpart: `kvm_dev_ioctl_create_vm()`. `HIBOMA_OPEN_FD` makes the very same object.

use kernel::prelude::*;

use super::Engine;
use crate::vm::Vm;

/// The argument is the type of the VM. The only type is 0.
///
/// # Errors
///
/// `EINVAL` if the type is not 0; the errors of [`Vm::getfd`].
pub(super) fn ioctl(engine: Engine, arg: usize) -> Result<isize> {
    if arg != 0 {
        return Err(EINVAL);
    }
    Ok(Vm::getfd(engine)? as isize)
}
