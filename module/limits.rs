// SPDX-License-Identifier: GPL-2.0

//! The limits. Their names and values are KVM's.
//!
//! Counterparts: [`arch/x86/include/asm/kvm_host.h`](srctree/arch/x86/include/asm/kvm_host.h),
//! [`include/linux/kvm_host.h`](srctree/include/linux/kvm_host.h), `arch/x86/kvm/msrs.c`.

/// The maximum number of vCPUs of a VM.
pub(crate) const KVM_MAX_VCPUS: usize = 1024;

/// Every vCPU id is below this.
pub(crate) const KVM_MAX_VCPU_IDS: usize = 4 * KVM_MAX_VCPUS;

/// The maximum number of coalesced MMIO zones of a VM, and of its coalesced port I/O zones.
pub(crate) const NR_IOBUS_DEVS: usize = 1000;

/// The maximum number of memory slots of a VM.
pub(crate) const KVM_USER_MEM_SLOTS: u16 = 32764;

/// The maximum number of pages of a memory slot: the largest `int`.
pub(crate) const KVM_MEM_MAX_NR_PAGES: u64 = (1 << 31) - 1;

/// The maximum number of entries of `KVM_SET_CPUID2`.
pub(crate) const KVM_MAX_CPUID_ENTRIES: usize = 256;

/// `KVM_GET_MSRS` and `KVM_SET_MSRS` take fewer entries than this.
pub(crate) const MAX_IO_MSRS: usize = 256;
