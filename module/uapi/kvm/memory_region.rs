// SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT OR Apache-2.0

//! Memory slots, and their dirty pages.

use zerocopy_derive::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Flag of a memory slot: log the pages that the guest writes.
pub const KVM_MEM_LOG_DIRTY_PAGES: u32 = 1 << 0;
/// Flag of a memory slot: the guest's writes are MMIO.
pub const KVM_MEM_READONLY: u32 = 1 << 1;

/// `struct kvm_userspace_memory_region`: addresses and size in bytes, multiples of the page size.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmUserspaceMemoryRegion {
    pub slot: u32,
    pub flags: u32,
    pub guest_phys_addr: u64,
    pub memory_size: u64,
    pub userspace_addr: u64,
}

/// `struct kvm_userspace_memory_region2`: the same fields, and a guest_memfd.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmUserspaceMemoryRegion2 {
    pub region: KvmUserspaceMemoryRegion,
    pub guest_memfd_offset: u64,
    pub guest_memfd: u32,
    pub pad1: u32,
    pub pad2: [u64; 14],
}

/// `struct kvm_dirty_log`: a slot, and the address of its dirty bitmap, in 64-bit words.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmDirtyLog {
    pub slot: u32,
    pub padding: u32,
    pub dirty_bitmap: u64,
}
