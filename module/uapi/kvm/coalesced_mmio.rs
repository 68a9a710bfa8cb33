// SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT OR Apache-2.0

//! Coalesced MMIO and port I/O: writes that userspace reads from a ring, later.

use zerocopy_derive::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// `struct kvm_coalesced_mmio_zone`: addresses, or ports where `pio` is 1.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmCoalescedMmioZone {
    pub addr: u64,
    pub size: u32,
    pub pio: u32,
}

/// `struct kvm_coalesced_mmio`: a write.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmCoalescedMmio {
    pub phys_addr: u64,
    pub len: u32,
    pub pio: u32,
    pub data: [u8; 8],
}

/// `struct kvm_coalesced_mmio_ring`, which [`KVM_COALESCED_MMIO_MAX`] writes follow. Userspace takes
/// from `first`, the kernel adds at `last`; where they are equal, the ring is empty.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmCoalescedMmioRing {
    pub first: u32,
    pub last: u32,
}

/// As many as fit into the page.
pub const KVM_COALESCED_MMIO_MAX: u32 =
    ((4096 - size_of::<KvmCoalescedMmioRing>()) / size_of::<KvmCoalescedMmio>()) as u32;
