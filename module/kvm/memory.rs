// SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT OR Apache-2.0

//! A machine's memory, and its eventfds.

use zerocopy_derive::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// How a memory slot is used: pages that the guest writes are to be remembered.
pub const KVM_MEM_LOG_DIRTY_PAGES: u32 = 1 << 0;
/// How a memory slot is used: writes of the guest are MMIO.
pub const KVM_MEM_READONLY: u32 = 1 << 1;

pub const KVM_IOEVENTFD_FLAG_DATAMATCH: u32 = 1 << 0;
pub const KVM_IOEVENTFD_FLAG_PIO: u32 = 1 << 1;
pub const KVM_IOEVENTFD_FLAG_DEASSIGN: u32 = 1 << 2;
pub const KVM_IOEVENTFD_FLAG_VIRTIO_CCW_NOTIFY: u32 = 1 << 3;

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

/// `struct kvm_dirty_log`: a slot, and the address of a bitmap of its pages, in words of 64 bits.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmDirtyLog {
    pub slot: u32,
    pub padding: u32,
    pub dirty_bitmap: u64,
}

/// `struct kvm_ioeventfd`.
#[repr(C)]
#[derive(Clone, Copy, Debug, FromBytes, Immutable, IntoBytes, KnownLayout)]
pub struct KvmIoeventfd {
    pub datamatch: u64,
    pub addr: u64,
    pub len: u32,
    pub fd: i32,
    pub flags: u32,
    pub pad: [u8; 36],
}
