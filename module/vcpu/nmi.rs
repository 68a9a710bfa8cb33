// SPDX-License-Identifier: GPL-2.0

//! `KVM_NMI`: queues a non-maskable interrupt.
//!
//! Counterparts: `kvm_vcpu_ioctl_nmi()` and `process_nmi()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).

use kernel::prelude::*;

use super::State;

/// The guest gets the NMI when NMIs are not blocked. If the maximum number is pending already, this
/// one is dropped.
pub(super) fn ioctl(state: &mut State) -> Result<isize> {
    let pending = state.events.nmi_pending + 1;
    state.events.nmi_pending = pending.min(state.max_nmis());
    Ok(0)
}
