// SPDX-License-Identifier: MIT OR Apache-2.0

//! The system calls whose instructions are counted.

use std::ffi::CStr;
use std::os::fd::{AsRawFd, FromRawFd, IntoRawFd, OwnedFd};

use nix::{Result, libc};

use crate::counter::{Counted, of_clock, system_call, system_call_of_thread};
use crate::samples::Sample;

/// Opens a device.
pub fn open(path: &CStr) -> Result<Counted<OwnedFd>> {
    let flags = (libc::O_RDWR | libc::O_CLOEXEC) as u64;
    let arguments = [libc::AT_FDCWD as u64, path.as_ptr() as u64, flags, 0, 0, 0];
    // SAFETY: The call reads the path, and writes nothing.
    let (fd, count) = unsafe { system_call(libc::SYS_openat, arguments) };
    Ok((owned(fd?), count))
}

/// Closes a descriptor. Returns the number of instructions.
pub fn close(fd: OwnedFd) -> Result<u32> {
    let arguments = [fd.into_raw_fd() as u64, 0, 0, 0, 0, 0];
    // SAFETY: The call accesses no memory of this program.
    let (result, count) = unsafe { system_call(libc::SYS_close, arguments) };
    result?;
    Ok(count)
}

/// Does the same, but counts only this thread, and not while it waits.
pub fn close_of_thread(fd: OwnedFd) -> Result<Sample> {
    // SAFETY: As in `close`.
    unsafe { of_thread(libc::SYS_close, [fd.into_raw_fd() as u64, 0, 0, 0, 0, 0]) }
}

/// Makes an ioctl whose argument is not an address. Returns the number of instructions.
pub fn ioctl(fd: &impl AsRawFd, number: u32, argument: u64) -> Result<u32> {
    let (result, count) = raw_ioctl(fd, number, argument);
    result?;
    Ok(count)
}

/// Makes an ioctl whose argument is the address of a structure. Returns the number of instructions.
pub fn ioctl_with<T>(fd: &impl AsRawFd, number: u32, argument: &mut T) -> Result<u32> {
    ioctl(fd, number, address_of(number, argument))
}

/// Does the same, but counts only this thread, and not while it waits.
pub fn ioctl_of_thread<T>(fd: &impl AsRawFd, number: u32, argument: &mut T) -> Result<Sample> {
    let argument = address_of(number, argument);
    let arguments = [fd.as_raw_fd() as u64, number.into(), argument, 0, 0, 0];
    // SAFETY: As in `raw_ioctl`.
    unsafe { of_thread(libc::SYS_ioctl, arguments) }
}

/// Returns the address of an ioctl's structure. The ioctl's number must contain its size.
fn address_of<T>(number: u32, argument: &mut T) -> u64 {
    assert_eq!(size_of::<T>(), (number >> 16 & 0x3fff) as usize);
    &raw mut *argument as u64
}

/// Makes an ioctl that returns a new descriptor.
pub fn make(fd: &impl AsRawFd, number: u32) -> Result<Counted<OwnedFd>> {
    let (result, count) = raw_ioctl(fd, number, 0);
    Ok((owned(result?), count))
}

fn raw_ioctl(fd: &impl AsRawFd, number: u32, argument: u64) -> Counted<Result<u64>> {
    let fd = fd.as_raw_fd() as u64;
    // SAFETY: The ioctls that are counted write only to the structure that their argument
    // points to, which the caller has borrowed mutably, and to nothing else of this program.
    unsafe { system_call(libc::SYS_ioctl, [fd, number.into(), argument, 0, 0, 0]) }
}

/// Maps `length` bytes of a descriptor, shared. Returns their address.
pub fn mmap(fd: &impl AsRawFd, length: usize) -> Result<Counted<u64>> {
    let protection = (libc::PROT_READ | libc::PROT_WRITE) as u64;
    let fd = fd.as_raw_fd() as u64;
    let arguments = [0, length as u64, protection, libc::MAP_SHARED as u64, fd, 0];
    // SAFETY: The kernel chooses an address where nothing is mapped.
    let (address, count) = unsafe { system_call(libc::SYS_mmap, arguments) };
    Ok((address?, count))
}

/// Unmaps a mapping of [`mmap`]. Returns the number of instructions.
///
/// # Safety
///
/// There must be no references into the mapping.
pub unsafe fn munmap(address: u64, length: usize) -> Result<u32> {
    // SAFETY: By the contract of this function.
    let (result, count) =
        unsafe { system_call(libc::SYS_munmap, [address, length as u64, 0, 0, 0, 0]) };
    result?;
    Ok(count)
}

/// Takes ownership of the descriptor that a system call has just returned.
fn owned(fd: u64) -> OwnedFd {
    // SAFETY: Nothing else owns the descriptor yet.
    unsafe { OwnedFd::from_raw_fd(fd as i32) }
}

/// Makes a system call that may wait. Counts by the thread's clock, less the clock's own cost.
///
/// # Safety
///
/// As for [`system_call`].
unsafe fn of_thread(number: libc::c_long, arguments: [u64; 6]) -> Result<Sample> {
    // SAFETY: By the contract of this function.
    let (result, with) = unsafe { system_call_of_thread(number, arguments) }?;
    result?;
    Ok(Sample {
        with,
        without: of_clock()?,
        times: 1,
    })
}
