// SPDX-License-Identifier: GPL-2.0

//! `KVM_CHECK_EXTENSION`, on the device and on a VM: what this KVM can do.
//!
//! Counterparts: `kvm_vm_ioctl_check_extension_generic()`, and `kvm_vm_ioctl_check_extension()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).

use kernel::prelude::*;

use crate::{
    abstractions::cpu::num_online_cpus,
    limits::{
        KVM_MAX_VCPUS,
        KVM_MAX_VCPU_IDS,
        KVM_USER_MEM_SLOTS, //
    },
    uapi::kvm::*, //
};

/// Unknown capabilities report 0.
pub(crate) fn ioctl(arg: usize) -> Result<isize> {
    Ok(match arg {
        KVM_CAP_USER_MEMORY
        | KVM_CAP_SET_TSS_ADDR
        | KVM_CAP_EXT_CPUID
        | KVM_CAP_MP_STATE
        | KVM_CAP_SYNC_MMU
        | KVM_CAP_DESTROY_MEMORY_REGION_WORKS
        | KVM_CAP_JOIN_MEMORY_REGIONS_WORKS
        | KVM_CAP_IOEVENTFD
        | KVM_CAP_SET_IDENTITY_MAP_ADDR
        | KVM_CAP_INTERNAL_ERROR_DATA
        | KVM_CAP_READONLY_MEM
        | KVM_CAP_IOEVENTFD_NO_LENGTH
        | KVM_CAP_CHECK_EXTENSION_VM
        | KVM_CAP_IOEVENTFD_ANY_LENGTH
        | KVM_CAP_IMMEDIATE_EXIT => 1,

        // As many as can run at once.
        KVM_CAP_NR_VCPUS => num_online_cpus().min(KVM_MAX_VCPUS as i32) as isize,
        KVM_CAP_NR_MEMSLOTS => KVM_USER_MEM_SLOTS as isize,
        KVM_CAP_MAX_VCPUS => KVM_MAX_VCPUS as isize,
        KVM_CAP_MAX_VCPU_ID => KVM_MAX_VCPU_IDS as isize,
        _ => 0,
    })
}
