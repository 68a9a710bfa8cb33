// SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT OR Apache-2.0

//! The numbers of the ioctls, in the order of the descriptors that take them.

use super::{
    KvmCpuid2, KvmDirtyLog, KvmIoeventfd, KvmMpState, KvmMsrList, KvmRegs, KvmSregs,
    KvmUserspaceMemoryRegion,
};

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

// On a VM.
pub const KVM_CREATE_VCPU: u32 = kvm(NONE, 0x41, 0);
pub const KVM_GET_DIRTY_LOG: u32 = kvm(WRITE, 0x42, size_of::<KvmDirtyLog>());
pub const KVM_SET_USER_MEMORY_REGION: u32 = kvm(WRITE, 0x46, size_of::<KvmUserspaceMemoryRegion>());
pub const KVM_SET_TSS_ADDR: u32 = kvm(NONE, 0x47, 0);
pub const KVM_SET_IDENTITY_MAP_ADDR: u32 = kvm(WRITE, 0x48, size_of::<u64>());
pub const KVM_IOEVENTFD: u32 = kvm(WRITE, 0x79, size_of::<KvmIoeventfd>());

// On a vCPU.
pub const KVM_RUN: u32 = kvm(NONE, 0x80, 0);
pub const KVM_GET_REGS: u32 = kvm(READ, 0x81, size_of::<KvmRegs>());
pub const KVM_SET_REGS: u32 = kvm(WRITE, 0x82, size_of::<KvmRegs>());
pub const KVM_GET_SREGS: u32 = kvm(READ, 0x83, size_of::<KvmSregs>());
pub const KVM_SET_SREGS: u32 = kvm(WRITE, 0x84, size_of::<KvmSregs>());
pub const KVM_SET_CPUID2: u32 = kvm(WRITE, 0x90, size_of::<KvmCpuid2>());
pub const KVM_GET_CPUID2: u32 = kvm(READ | WRITE, 0x91, size_of::<KvmCpuid2>());
pub const KVM_GET_MP_STATE: u32 = kvm(READ, 0x98, size_of::<KvmMpState>());
pub const KVM_SET_MP_STATE: u32 = kvm(WRITE, 0x99, size_of::<KvmMpState>());
// ANCHOR_END: numbers

/// What `KVM_GET_API_VERSION` returns, for ever.
pub const KVM_API_VERSION: u32 = 12;
