// SPDX-License-Identifier: GPL-2.0

//! `KVM_INTERRUPT`: queues an interrupt, to deliver before the guest's next instruction.
//!
//! Counterpart: `kvm_vcpu_ioctl_interrupt()` in [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).
//!
//! The guest's IF is not checked. Userspace must wait until `kvm_run.ready_for_interrupt_injection`
//! is 1; it sets `request_interrupt_window` to be told.

use kernel::prelude::*;

use super::State;
use crate::{
    uaccess::copy_from_user,
    uapi::kvm::KvmInterrupt, //
};

/// Replaces an interrupt that was queued before.
///
/// # Errors
///
/// `EINVAL` if the vector is above 255; `EFAULT`.
pub(super) fn ioctl(state: &mut State, arg: usize) -> Result<isize> {
    let it: KvmInterrupt = copy_from_user(arg)?;
    let vector = u8::try_from(it.irq).map_err(|_| EINVAL)?;
    state.events.interrupt = Some(vector);
    Ok(0)
}
