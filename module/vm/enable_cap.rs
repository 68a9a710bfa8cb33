// SPDX-License-Identifier: GPL-2.0

//! `KVM_ENABLE_CAP` on a VM: enables capabilities that are off by default.
//!
//! Counterparts: `kvm_vm_ioctl_enable_cap_generic()` in
//! [`virt/kvm/kvm_main.c`](srctree/virt/kvm/kvm_main.c), `kvm_vm_ioctl_enable_cap()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).

use kernel::{
    prelude::*,
    sync::atomic::Relaxed, //
};

use super::Vm;
use crate::{
    abstractions::lock_killable::lock_killable,
    uaccess::copy_from_user,
    uapi::kvm::{
        KvmEnableCap,
        KVM_CAP_EXIT_ON_EMULATION_FAILURE,
        KVM_CAP_HALT_POLL,
        KVM_CAP_MAX_VCPU_ID, //
    }, //
};

/// # Errors
///
/// `EINVAL` if a flag is set, the capability cannot be enabled, or its argument is wrong; `EFAULT`.
pub(super) fn ioctl(vm: &Vm, arg: usize) -> Result<isize> {
    let it: KvmEnableCap = copy_from_user(arg)?;
    if it.flags != 0 {
        return Err(EINVAL);
    }
    let [arg, ..] = it.args;
    match it.cap as usize {
        // How long a halted vCPU polls before it sleeps. hiboma ignores it: without an in-kernel
        // interrupt controller, `hlt` is an exit, and no vCPU polls.
        KVM_CAP_HALT_POLL if arg <= u32::MAX.into() => {}
        KVM_CAP_EXIT_ON_EMULATION_FAILURE if arg <= 1 => {
            vm.exit_on_emulation_failure.store(arg == 1, Relaxed);
        }
        KVM_CAP_MAX_VCPU_ID => {
            let _ids = lock_killable(&vm.vcpu_ids)?;
            vm.max_vcpu_id.set(arg)?;
        }
        _ => return Err(EINVAL),
    }
    Ok(0)
}
