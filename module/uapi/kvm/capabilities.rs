// SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT OR Apache-2.0

//! The capabilities for which `KVM_CHECK_EXTENSION` of hiboma does not return 0.

pub const KVM_CAP_USER_MEMORY: usize = 3;
pub const KVM_CAP_SET_TSS_ADDR: usize = 4;
pub const KVM_CAP_EXT_CPUID: usize = 7;
pub const KVM_CAP_NR_VCPUS: usize = 9;
pub const KVM_CAP_NR_MEMSLOTS: usize = 10;
pub const KVM_CAP_MP_STATE: usize = 14;
pub const KVM_CAP_COALESCED_MMIO: usize = 15;
pub const KVM_CAP_SYNC_MMU: usize = 16;
pub const KVM_CAP_DESTROY_MEMORY_REGION_WORKS: usize = 21;
pub const KVM_CAP_USER_NMI: usize = 22;
pub const KVM_CAP_SET_GUEST_DEBUG: usize = 23;
pub const KVM_CAP_JOIN_MEMORY_REGIONS_WORKS: usize = 30;
pub const KVM_CAP_IOEVENTFD: usize = 36;
pub const KVM_CAP_SET_IDENTITY_MAP_ADDR: usize = 37;
pub const KVM_CAP_ADJUST_CLOCK: usize = 39;
pub const KVM_CAP_INTERNAL_ERROR_DATA: usize = 40;
pub const KVM_CAP_VCPU_EVENTS: usize = 41;
pub const KVM_CAP_DEBUGREGS: usize = 50;
pub const KVM_CAP_X86_ROBUST_SINGLESTEP: usize = 51;
pub const KVM_CAP_ENABLE_CAP: usize = 54;
pub const KVM_CAP_XSAVE: usize = 55;
pub const KVM_CAP_XCRS: usize = 56;
pub const KVM_CAP_GET_TSC_KHZ: usize = 61;
pub const KVM_CAP_MAX_VCPUS: usize = 66;
pub const KVM_CAP_SYNC_REGS: usize = 74;
pub const KVM_CAP_READONLY_MEM: usize = 81;
pub const KVM_CAP_EXT_EMUL_CPUID: usize = 95;
pub const KVM_CAP_ENABLE_CAP_VM: usize = 98;
pub const KVM_CAP_IOEVENTFD_NO_LENGTH: usize = 100;
pub const KVM_CAP_CHECK_EXTENSION_VM: usize = 105;
pub const KVM_CAP_IOEVENTFD_ANY_LENGTH: usize = 122;
pub const KVM_CAP_MAX_VCPU_ID: usize = 128;
pub const KVM_CAP_IMMEDIATE_EXIT: usize = 136;
pub const KVM_CAP_GET_MSR_FEATURES: usize = 153;
pub const KVM_CAP_COALESCED_PIO: usize = 162;
pub const KVM_CAP_HALT_POLL: usize = 182;
pub const KVM_CAP_ENFORCE_PV_FEATURE_CPUID: usize = 190;
pub const KVM_CAP_EXIT_ON_EMULATION_FAILURE: usize = 204;
pub const KVM_CAP_XSAVE2: usize = 208;
pub const KVM_CAP_USER_MEMORY2: usize = 231;
