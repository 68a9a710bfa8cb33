// SPDX-License-Identifier: GPL-2.0

//! `KVM_CHECK_EXTENSION`, on the device and on a VM: the capabilities of this KVM.
//!
//! Counterparts: `kvm_vm_ioctl_check_extension_generic()`, and `kvm_vm_ioctl_check_extension()` in
//! [`arch/x86/kvm/x86.c`](srctree/arch/x86/kvm/x86.c).

use kernel::prelude::*;

use super::clock::KVM_CLOCK_VALID_FLAGS;
use crate::{
    abstractions::cpu::num_online_cpus,
    limits::{
        KVM_MAX_VCPUS,
        KVM_MAX_VCPU_IDS,
        KVM_USER_MEM_SLOTS, //
    },
    uapi::kvm::*,
    vcpu::sync_regs::KVM_SYNC_X86_VALID_FIELDS, //
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
        | KVM_CAP_USER_NMI
        | KVM_CAP_SET_GUEST_DEBUG
        | KVM_CAP_JOIN_MEMORY_REGIONS_WORKS
        | KVM_CAP_IOEVENTFD
        | KVM_CAP_SET_IDENTITY_MAP_ADDR
        | KVM_CAP_INTERNAL_ERROR_DATA
        | KVM_CAP_VCPU_EVENTS
        | KVM_CAP_DEBUGREGS
        | KVM_CAP_X86_ROBUST_SINGLESTEP
        | KVM_CAP_ENABLE_CAP
        | KVM_CAP_XSAVE
        | KVM_CAP_XCRS
        | KVM_CAP_GET_TSC_KHZ
        | KVM_CAP_READONLY_MEM
        | KVM_CAP_EXT_EMUL_CPUID
        | KVM_CAP_ENABLE_CAP_VM
        | KVM_CAP_IOEVENTFD_NO_LENGTH
        | KVM_CAP_CHECK_EXTENSION_VM
        | KVM_CAP_IOEVENTFD_ANY_LENGTH
        | KVM_CAP_IMMEDIATE_EXIT
        | KVM_CAP_GET_MSR_FEATURES
        | KVM_CAP_COALESCED_PIO
        | KVM_CAP_HALT_POLL
        | KVM_CAP_ENFORCE_PV_FEATURE_CPUID
        | KVM_CAP_EXIT_ON_EMULATION_FAILURE
        | KVM_CAP_USER_MEMORY2 => 1,

        // These report a value.
        KVM_CAP_COALESCED_MMIO => KVM_COALESCED_MMIO_PAGE_OFFSET as isize,
        KVM_CAP_ADJUST_CLOCK => KVM_CLOCK_VALID_FLAGS as isize,
        KVM_CAP_SYNC_REGS => KVM_SYNC_X86_VALID_FIELDS as isize,
        KVM_CAP_XSAVE2 => size_of::<KvmXsave>() as isize,

        // The recommended maximum: as many vCPUs as CPUs are online.
        KVM_CAP_NR_VCPUS => num_online_cpus().min(KVM_MAX_VCPUS as i32) as isize,
        KVM_CAP_NR_MEMSLOTS => KVM_USER_MEM_SLOTS as isize,
        KVM_CAP_MAX_VCPUS => KVM_MAX_VCPUS as isize,
        KVM_CAP_MAX_VCPU_ID => KVM_MAX_VCPU_IDS as isize,
        _ => 0,
    })
}
