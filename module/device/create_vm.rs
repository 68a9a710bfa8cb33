// SPDX-License-Identifier: GPL-2.0

//! `KVM_CREATE_VM`: a descriptor of a new machine.
//!
//! Counterpart: `kvm_dev_ioctl_create_vm()`. `HIBOMA_OPEN_FD` makes the very same object.

use kernel::prelude::*;

use crate::vm::Vm;

/// The argument is the type of the machine, of which there is one.
///
/// # Errors
///
/// `EINVAL` for any other type, and those of [`Vm::getfd`].
pub(super) fn ioctl(arg: usize) -> Result<isize> {
    if arg != 0 {
        return Err(EINVAL);
    }
    Ok(Vm::getfd()? as isize)
}
