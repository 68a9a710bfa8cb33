// SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT OR Apache-2.0

//! Coalesced MMIO and port I/O: writes that userspace reads later from a ring.

use zerocopy_derive::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// `struct kvm_coalesced_mmio_zone`: a range of addresses, or of ports if `pio` is 1.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmCoalescedMmioZone {
    pub addr: u64,
    pub size: u32,
    pub pio: u32,
}

/// `struct kvm_coalesced_mmio`: one write.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmCoalescedMmio {
    pub phys_addr: u64,
    pub len: u32,
    pub pio: u32,
    pub data: [u8; 8],
}

/// `struct kvm_coalesced_mmio_ring`: [`KVM_COALESCED_MMIO_MAX`] writes follow it. Userspace removes
/// at `first`, the kernel adds at `last`; if they are equal, the ring is empty.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmCoalescedMmioRing {
    pub first: u32,
    pub last: u32,
}

/// The number of writes that fit into the page.
pub const KVM_COALESCED_MMIO_MAX: u32 =
    ((4096 - size_of::<KvmCoalescedMmioRing>()) / size_of::<KvmCoalescedMmio>()) as u32;
