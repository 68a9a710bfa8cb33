// SPDX-License-Identifier: GPL-2.0

//! `KVM_SET_TSS_ADDR`: the address of three pages that KVM may use. hiboma does not use them.
//!
//! Counterpart: `kvm_vm_ioctl_set_tss_addr()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c). Only Intel's CPUs need them.

use kernel::{
    page::PAGE_SIZE,
    prelude::*, //
};

/// # Errors
///
/// `EINVAL` if the pages are not all below 4 GiB.
pub(super) fn ioctl(arg: usize) -> Result<isize> {
    if arg > (1 << 32) - 3 * PAGE_SIZE {
        return Err(EINVAL);
    }
    Ok(0)
}
