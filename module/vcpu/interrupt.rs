// SPDX-License-Identifier: GPL-2.0

//! `KVM_INTERRUPT`: queues an interrupt, which the guest gets before its next instruction.
//!
//! Counterpart: `kvm_vcpu_ioctl_interrupt()` in [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).
//!
//! Nobody looks whether the guest has interrupts enabled. It is userspace that waits until
//! `kvm_run.ready_for_interrupt_injection` is 1, and sets `request_interrupt_window` to be told.

use kernel::prelude::*;

use super::State;
use crate::{
    uaccess::copy_from_user,
    uapi::kvm::KvmInterrupt, //
};

/// An interrupt that was queued before is replaced.
///
/// # Errors
///
/// `EFAULT`, and `EINVAL` for a vector above 255.
pub(super) fn ioctl(state: &mut State, arg: usize) -> Result<isize> {
    let it: KvmInterrupt = copy_from_user(arg)?;
    let vector = u8::try_from(it.irq).map_err(|_| EINVAL)?;
    state.events.interrupt = Some(vector);
    Ok(0)
}
