// SPDX-License-Identifier: MIT OR Apache-2.0

//! Pointers that no well-behaved program gives to an ioctl.

use std::ffi::c_int;
use std::os::fd::{AsFd, AsRawFd};

use nix::errno::Errno;
use nix::libc;
use nix::sys::mman::ProtFlags;

use super::{Memory, PAGE};

/// A bad place for a structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadPointer {
    /// Address 0.
    Null,
    /// Address 1.
    One,
    /// A page without any access.
    Unmapped,
    /// The last byte of the structure is on such a page.
    LastByteMissing,
    /// A read-only page.
    ReadOnly,
    /// A kernel-space address.
    Kernel,
    /// A non-canonical address.
    NotCanonical,
    /// The last address.
    Last,
}

impl BadPointer {
    /// The pointers that cannot be read; they cannot be written either.
    pub const UNREADABLE: [BadPointer; 7] = [
        BadPointer::Null,
        BadPointer::One,
        BadPointer::Unmapped,
        BadPointer::LastByteMissing,
        BadPointer::Kernel,
        BadPointer::NotCanonical,
        BadPointer::Last,
    ];
}

/// Calls an ioctl with a bad pointer as its argument. Readable bytes there are 0.
pub fn pass_bad(fd: impl AsFd, number: u32, pointer: BadPointer) -> nix::Result<c_int> {
    let size = u64::from(number >> 16 & 0x3fff);
    let memory = Memory::new(2 * PAGE);
    let address = match pointer {
        BadPointer::Null => 0,
        BadPointer::One => 1,
        BadPointer::Unmapped => {
            memory.protect(0, ProtFlags::PROT_NONE);
            memory.address()
        }
        BadPointer::LastByteMissing => {
            memory.protect(PAGE, ProtFlags::PROT_NONE);
            memory.address() + PAGE as u64 - size + 1
        }
        BadPointer::ReadOnly => {
            memory.protect(0, ProtFlags::PROT_READ);
            memory.address()
        }
        BadPointer::Kernel => 0xffff_8880_0000_0000,
        BadPointer::NotCanonical => 1 << 62,
        BadPointer::Last => u64::MAX,
    };
    // SAFETY: The only memory that the kernel can write there is `memory`.
    let result = unsafe { libc::ioctl(fd.as_fd().as_raw_fd(), number.into(), address) };
    Errno::result(result)
}

/// Calls an ioctl with only the header of a list, `nent` and padding; the entries are missing.
pub fn pass_header(fd: impl AsFd, number: u32, nent: u32) -> nix::Result<c_int> {
    let memory = Memory::new(2 * PAGE);
    let at = PAGE - 8;
    memory.write(at, &nent.to_le_bytes());
    memory.protect(PAGE, ProtFlags::PROT_NONE);
    let address = memory.address() + at as u64;
    // SAFETY: The only memory that the kernel can write there is `memory`.
    let result = unsafe { libc::ioctl(fd.as_fd().as_raw_fd(), number.into(), address) };
    Errno::result(result)
}
