// SPDX-License-Identifier: MIT OR Apache-2.0

//! ioctls by number, for calls that kvm-ioctls does not make.

use std::ffi::c_int;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use hiboma::kvm::{KVM_GET_DIRTY_LOG, KVM_SET_USER_MEMORY_REGION};
use kvm_bindings::{kvm_dirty_log, kvm_dirty_log__bindgen_ty_1, kvm_userspace_memory_region};
use nix::errno::Errno;
use nix::libc;

use super::{Memory, PAGE};

/// Borrows the descriptor of a [`Vcpu`](super::Vcpu) or of a type of kvm-ioctls.
pub fn as_fd(owner: &impl AsRawFd) -> BorrowedFd<'_> {
    // SAFETY: Those types own their descriptor, and the borrow does not outlive them.
    unsafe { BorrowedFd::borrow_raw(owner.as_raw_fd()) }
}

/// An argument that is a list: its length, padding, and room for its entries.
#[repr(C)]
pub struct List<T> {
    /// The number of entries, or the room for them.
    pub length: u32,
    padding: u32,
    /// The entries.
    pub entries: [T; 256],
}

impl<T: Copy + Default> Default for List<T> {
    fn default() -> Self {
        List {
            length: 0,
            padding: 0,
            entries: [T::default(); 256],
        }
    }
}

/// Calls an ioctl whose argument is a number instead of a pointer, or that has no argument.
///
/// # Panics
///
/// Panics if the ioctl's number contains the size of a structure.
pub fn call(fd: impl AsFd, number: u32, argument: u64) -> nix::Result<c_int> {
    assert_eq!(number >> 16, 0, "{number:#x} is of a structure");
    // SAFETY: `fd` is open for as long as it is borrowed, and the kernel gets no address.
    let result = unsafe { libc::ioctl(fd.as_fd().as_raw_fd(), number.into(), argument) };
    Errno::result(result)
}

/// Makes a [`call`] that creates a descriptor.
pub fn create(fd: impl AsFd, number: u32, argument: u64) -> nix::Result<OwnedFd> {
    let made = call(fd, number, argument)?;
    // SAFETY: The descriptor has just been created, and nothing else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(made) })
}

/// Calls an ioctl that reads a structure.
pub fn pass<T: Copy>(fd: impl AsFd, number: u32, structure: T) -> nix::Result<c_int> {
    exchange(fd, number, &mut { structure })
}

/// Calls an ioctl that returns a structure.
pub fn ask<T: Copy + Default>(fd: impl AsFd, number: u32) -> nix::Result<T> {
    let mut structure = T::default();
    exchange(fd, number, &mut structure)?;
    Ok(structure)
}

/// Calls an ioctl that reads a structure and writes to it. The structure
/// may end with a list that has room for the kernel's entries.
///
/// # Panics
///
/// Panics if the structure is smaller than the size in the number.
pub fn exchange<T>(fd: impl AsFd, number: u32, structure: &mut T) -> nix::Result<c_int> {
    let size = (number >> 16 & 0x3fff) as usize;
    assert!(size_of::<T>() >= size, "{number:#x} is of {size} bytes");
    let fd = fd.as_fd().as_raw_fd();
    // SAFETY: The kernel reads and writes the structure, which has at least the
    // number's size. No references exist to the memory behind addresses in it.
    let result = unsafe { libc::ioctl(fd, number.into(), structure) };
    Errno::result(result)
}

/// Returns the argument of `KVM_SET_USER_MEMORY_REGION`.
pub fn region(
    slot: u32,
    flags: u32,
    guest_phys_addr: u64,
    memory_size: u64,
    userspace_addr: u64,
) -> kvm_userspace_memory_region {
    kvm_userspace_memory_region {
        slot,
        flags,
        guest_phys_addr,
        memory_size,
        userspace_addr,
    }
}

/// Calls `KVM_SET_USER_MEMORY_REGION` for all of a memory.
pub fn set_region(
    vm: impl AsFd,
    slot: u32,
    flags: u32,
    address: u64,
    memory: &Memory,
) -> nix::Result<()> {
    let region = region(slot, flags, address, memory.size as u64, memory.address());
    pass(vm, KVM_SET_USER_MEMORY_REGION, region).map(drop)
}

/// Calls `KVM_GET_DIRTY_LOG`, and returns the numbers of the dirty pages, up to page 63.
pub fn dirty_log(vm: impl AsFd, slot: u32) -> nix::Result<Vec<usize>> {
    let bitmap = Memory::new(PAGE);
    let log = kvm_dirty_log {
        slot,
        padding1: 0,
        __bindgen_anon_1: kvm_dirty_log__bindgen_ty_1 {
            dirty_bitmap: bitmap.address() as *mut _,
        },
    };
    pass(vm, KVM_GET_DIRTY_LOG, log)?;
    let is_dirty = |page: &usize| bitmap.byte(page / 8) & 1 << (page % 8) != 0;
    Ok((0..64).filter(is_dirty).collect())
}
