// SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT OR Apache-2.0

//! Pending exceptions, interrupts and NMIs.

use zerocopy_derive::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// `struct kvm_interrupt`: a vector.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmInterrupt {
    pub irq: u32,
}

/// `kvm_vcpu_events.exception`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmEventException {
    pub injected: u8,
    pub nr: u8,
    pub has_error_code: u8,
    pub pending: u8,
    pub error_code: u32,
}

/// `kvm_vcpu_events.interrupt`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmEventInterrupt {
    pub injected: u8,
    pub nr: u8,
    pub soft: u8,
    pub shadow: u8,
}

/// `kvm_vcpu_events.nmi`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmEventNmi {
    pub injected: u8,
    pub pending: u8,
    pub masked: u8,
    pub pad: u8,
}

/// `kvm_vcpu_events.smi`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmEventSmi {
    pub smm: u8,
    pub pending: u8,
    pub smm_inside_nmi: u8,
    pub latched_init: u8,
}

/// `struct kvm_vcpu_events`. `flags` says which of the optional fields are valid.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmVcpuEvents {
    pub exception: KvmEventException,
    pub interrupt: KvmEventInterrupt,
    pub nmi: KvmEventNmi,
    pub sipi_vector: u32,
    pub flags: u32,
    pub smi: KvmEventSmi,
    pub triple_fault: u8,
    pub reserved: [u8; 26],
    pub exception_has_payload: u8,
    pub exception_payload: u64,
}

pub const KVM_VCPUEVENT_VALID_NMI_PENDING: u32 = 1 << 0;
pub const KVM_VCPUEVENT_VALID_SIPI_VECTOR: u32 = 1 << 1;
pub const KVM_VCPUEVENT_VALID_SHADOW: u32 = 1 << 2;
pub const KVM_VCPUEVENT_VALID_SMM: u32 = 1 << 3;

/// `kvm_vcpu_events.interrupt.shadow`: no interrupt before the next instruction.
pub const KVM_X86_SHADOW_INT_MOV_SS: u8 = 1 << 0;
pub const KVM_X86_SHADOW_INT_STI: u8 = 1 << 1;
