// SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT OR Apache-2.0

//! The numbers of the ioctls, grouped by the file descriptor that takes them.

use super::*;

/// The type ("magic") byte of KVM's ioctls.
pub const KVMIO: u32 = 0xAE;

const NONE: u32 = 0;
const WRITE: u32 = 1;
const READ: u32 = 2;

/// `_IOC()` of `include/uapi/asm-generic/ioctl.h`: direction, size, type and number in one.
const fn kvm(direction: u32, nr: u32, size: usize) -> u32 {
    direction << 30 | (size as u32) << 16 | KVMIO << 8 | nr
}

// ANCHOR: numbers
// On the device.
pub const KVM_GET_API_VERSION: u32 = kvm(NONE, 0x00, 0);
pub const KVM_CREATE_VM: u32 = kvm(NONE, 0x01, 0);
pub const KVM_GET_MSR_INDEX_LIST: u32 = kvm(READ | WRITE, 0x02, size_of::<KvmMsrList>());
pub const KVM_CHECK_EXTENSION: u32 = kvm(NONE, 0x03, 0);
pub const KVM_GET_VCPU_MMAP_SIZE: u32 = kvm(NONE, 0x04, 0);
pub const KVM_GET_SUPPORTED_CPUID: u32 = kvm(READ | WRITE, 0x05, size_of::<KvmCpuid2>());
pub const KVM_GET_EMULATED_CPUID: u32 = kvm(READ | WRITE, 0x09, size_of::<KvmCpuid2>());
pub const KVM_GET_MSR_FEATURE_INDEX_LIST: u32 = kvm(READ | WRITE, 0x0a, size_of::<KvmMsrList>());

// On a VM.
pub const KVM_CREATE_VCPU: u32 = kvm(NONE, 0x41, 0);
pub const KVM_GET_DIRTY_LOG: u32 = kvm(WRITE, 0x42, size_of::<KvmDirtyLog>());
pub const KVM_SET_USER_MEMORY_REGION: u32 = kvm(WRITE, 0x46, size_of::<KvmUserspaceMemoryRegion>());
pub const KVM_SET_TSS_ADDR: u32 = kvm(NONE, 0x47, 0);
pub const KVM_SET_IDENTITY_MAP_ADDR: u32 = kvm(WRITE, 0x48, size_of::<u64>());
pub const KVM_SET_USER_MEMORY_REGION2: u32 =
    kvm(WRITE, 0x49, size_of::<KvmUserspaceMemoryRegion2>());
pub const KVM_REGISTER_COALESCED_MMIO: u32 = kvm(WRITE, 0x67, size_of::<KvmCoalescedMmioZone>());
pub const KVM_UNREGISTER_COALESCED_MMIO: u32 = kvm(WRITE, 0x68, size_of::<KvmCoalescedMmioZone>());
pub const KVM_IOEVENTFD: u32 = kvm(WRITE, 0x79, size_of::<KvmIoeventfd>());
pub const KVM_SET_CLOCK: u32 = kvm(WRITE, 0x7b, size_of::<KvmClockData>());
pub const KVM_GET_CLOCK: u32 = kvm(READ, 0x7c, size_of::<KvmClockData>());
pub const KVM_ENABLE_CAP: u32 = kvm(WRITE, 0xa3, size_of::<KvmEnableCap>()); // a vCPU too

// On a vCPU.
pub const KVM_RUN: u32 = kvm(NONE, 0x80, 0);
pub const KVM_GET_REGS: u32 = kvm(READ, 0x81, size_of::<KvmRegs>());
pub const KVM_SET_REGS: u32 = kvm(WRITE, 0x82, size_of::<KvmRegs>());
pub const KVM_GET_SREGS: u32 = kvm(READ, 0x83, size_of::<KvmSregs>());
pub const KVM_SET_SREGS: u32 = kvm(WRITE, 0x84, size_of::<KvmSregs>());
pub const KVM_TRANSLATE: u32 = kvm(READ | WRITE, 0x85, size_of::<KvmTranslation>());
pub const KVM_INTERRUPT: u32 = kvm(WRITE, 0x86, size_of::<KvmInterrupt>());
pub const KVM_GET_MSRS: u32 = kvm(READ | WRITE, 0x88, size_of::<KvmMsrs>()); // the device too
pub const KVM_SET_MSRS: u32 = kvm(WRITE, 0x89, size_of::<KvmMsrs>());
pub const KVM_SET_SIGNAL_MASK: u32 = kvm(WRITE, 0x8b, size_of::<KvmSignalMask>());
pub const KVM_GET_FPU: u32 = kvm(READ, 0x8c, size_of::<KvmFpu>());
pub const KVM_SET_FPU: u32 = kvm(WRITE, 0x8d, size_of::<KvmFpu>());
pub const KVM_SET_CPUID2: u32 = kvm(WRITE, 0x90, size_of::<KvmCpuid2>());
pub const KVM_GET_CPUID2: u32 = kvm(READ | WRITE, 0x91, size_of::<KvmCpuid2>());
pub const KVM_GET_MP_STATE: u32 = kvm(READ, 0x98, size_of::<KvmMpState>());
pub const KVM_SET_MP_STATE: u32 = kvm(WRITE, 0x99, size_of::<KvmMpState>());
pub const KVM_NMI: u32 = kvm(NONE, 0x9a, 0);
pub const KVM_SET_GUEST_DEBUG: u32 = kvm(WRITE, 0x9b, size_of::<KvmGuestDebug>());
pub const KVM_GET_VCPU_EVENTS: u32 = kvm(READ, 0x9f, size_of::<KvmVcpuEvents>());
pub const KVM_SET_VCPU_EVENTS: u32 = kvm(WRITE, 0xa0, size_of::<KvmVcpuEvents>());
pub const KVM_GET_DEBUGREGS: u32 = kvm(READ, 0xa1, size_of::<KvmDebugregs>());
pub const KVM_SET_DEBUGREGS: u32 = kvm(WRITE, 0xa2, size_of::<KvmDebugregs>());
pub const KVM_SET_TSC_KHZ: u32 = kvm(NONE, 0xa2, 0);
pub const KVM_GET_TSC_KHZ: u32 = kvm(NONE, 0xa3, 0);
pub const KVM_GET_XSAVE: u32 = kvm(READ, 0xa4, size_of::<KvmXsave>());
pub const KVM_SET_XSAVE: u32 = kvm(WRITE, 0xa5, size_of::<KvmXsave>());
pub const KVM_GET_XCRS: u32 = kvm(READ, 0xa6, size_of::<KvmXcrs>());
pub const KVM_SET_XCRS: u32 = kvm(WRITE, 0xa7, size_of::<KvmXcrs>());
pub const KVM_GET_XSAVE2: u32 = kvm(READ, 0xcf, size_of::<KvmXsave>());
// ANCHOR_END: numbers

/// The value that `KVM_GET_API_VERSION` always returns.
pub const KVM_API_VERSION: u32 = 12;
