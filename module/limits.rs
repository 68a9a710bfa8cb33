// SPDX-License-Identifier: GPL-2.0

//! How many of each there may be. The names and the numbers are KVM's.
//!
//! Counterparts: [`arch/x86/include/asm/kvm_host.h`](srctree/arch/x86/include/asm/kvm_host.h) and
//! [`include/linux/kvm_host.h`](srctree/include/linux/kvm_host.h).

/// vCPUs of one VM.
pub(crate) const KVM_MAX_VCPUS: usize = 1024;

/// Every vCPU id is below this.
pub(crate) const KVM_MAX_VCPU_IDS: usize = 4 * KVM_MAX_VCPUS;

/// Zones of coalesced MMIO of one VM, and of coalesced port I/O.
pub(crate) const NR_IOBUS_DEVS: usize = 1000;

/// Memory slots of one VM.
pub(crate) const KVM_USER_MEM_SLOTS: u16 = 32764;

/// Pages of one memory slot: an `int` can count them.
pub(crate) const KVM_MEM_MAX_NR_PAGES: u64 = (1 << 31) - 1;

/// Entries of `KVM_SET_CPUID2`.
pub(crate) const KVM_MAX_CPUID_ENTRIES: usize = 256;

/// Entries of `KVM_GET_MSRS` and `KVM_SET_MSRS`: fewer than this.
pub(crate) const MAX_IO_MSRS: usize = 256;
