// SPDX-License-Identifier: MIT OR Apache-2.0

//! The system calls that are counted.

use std::ffi::CStr;
use std::os::fd::{AsRawFd, FromRawFd, IntoRawFd, OwnedFd};

use nix::{Result, libc};

use crate::counter::{Counted, of_clock, system_call, system_call_of_thread};
use crate::samples::Sample;

/// Opens a device.
pub fn open(path: &CStr) -> Result<Counted<OwnedFd>> {
    let flags = (libc::O_RDWR | libc::O_CLOEXEC) as u64;
    let arguments = [libc::AT_FDCWD as u64, path.as_ptr() as u64, flags, 0, 0, 0];
    // SAFETY: Reads the path, and writes nothing.
    let (fd, count) = unsafe { system_call(libc::SYS_openat, arguments) };
    Ok((owned(fd?), count))
}

/// Closes a descriptor. Returns the instructions.
pub fn close(fd: OwnedFd) -> Result<u32> {
    let arguments = [fd.into_raw_fd() as u64, 0, 0, 0, 0, 0];
    // SAFETY: Touches no memory of this program.
    let (result, count) = unsafe { system_call(libc::SYS_close, arguments) };
    result?;
    Ok(count)
}

/// The same of this thread alone, without how long it waits.
pub fn close_of_thread(fd: OwnedFd) -> Result<Sample> {
    // SAFETY: As above.
    unsafe { of_thread(libc::SYS_close, [fd.into_raw_fd() as u64, 0, 0, 0, 0, 0]) }
}

/// An ioctl whose argument is no address. Returns the instructions.
pub fn ioctl(fd: &impl AsRawFd, number: u32, argument: u64) -> Result<u32> {
    let (result, count) = raw_ioctl(fd, number, argument);
    result?;
    Ok(count)
}

/// An ioctl whose argument is the address of a structure. Returns the instructions.
pub fn ioctl_with<T>(fd: &impl AsRawFd, number: u32, argument: &mut T) -> Result<u32> {
    ioctl(fd, number, address_of(number, argument))
}

/// The same of this thread alone, without how long it waits.
pub fn ioctl_of_thread<T>(fd: &impl AsRawFd, number: u32, argument: &mut T) -> Result<Sample> {
    let argument = address_of(number, argument);
    let arguments = [fd.as_raw_fd() as u64, number.into(), argument, 0, 0, 0];
    // SAFETY: As for all ioctls below.
    unsafe { of_thread(libc::SYS_ioctl, arguments) }
}

/// The address of an ioctl's structure, whose size is in the ioctl's number.
fn address_of<T>(number: u32, argument: &mut T) -> u64 {
    assert_eq!(size_of::<T>(), (number >> 16 & 0x3fff) as usize);
    &raw mut *argument as u64
}

/// An ioctl that returns a new descriptor.
pub fn make(fd: &impl AsRawFd, number: u32) -> Result<Counted<OwnedFd>> {
    let (result, count) = raw_ioctl(fd, number, 0);
    Ok((owned(result?), count))
}

fn raw_ioctl(fd: &impl AsRawFd, number: u32, argument: u64) -> Counted<Result<u64>> {
    let fd = fd.as_raw_fd() as u64;
    // SAFETY: The ioctls that are counted write to what their argument points to, which the caller
    // has lent, and to nothing else of this program.
    unsafe { system_call(libc::SYS_ioctl, [fd, number.into(), argument, 0, 0, 0]) }
}

/// Maps that many bytes of a descriptor, shared. Returns their address.
pub fn mmap(fd: &impl AsRawFd, length: usize) -> Result<Counted<u64>> {
    let protection = (libc::PROT_READ | libc::PROT_WRITE) as u64;
    let fd = fd.as_raw_fd() as u64;
    let arguments = [0, length as u64, protection, libc::MAP_SHARED as u64, fd, 0];
    // SAFETY: Maps them where nothing is yet.
    let (address, count) = unsafe { system_call(libc::SYS_mmap, arguments) };
    Ok((address?, count))
}

/// Unmaps what [`mmap`] has mapped. Returns the instructions.
///
/// # Safety
///
/// Nobody may have a reference to it.
pub unsafe fn munmap(address: u64, length: usize) -> Result<u32> {
    // SAFETY: As the caller has promised.
    let (result, count) =
        unsafe { system_call(libc::SYS_munmap, [address, length as u64, 0, 0, 0, 0]) };
    result?;
    Ok(count)
}

/// The descriptor that a system call has just made.
fn owned(fd: u64) -> OwnedFd {
    // SAFETY: Nobody else knows of it yet.
    unsafe { OwnedFd::from_raw_fd(fd as i32) }
}

/// A system call that may wait. The thread's clock counts, less what it takes itself.
///
/// # Safety
///
/// As for [`system_call`].
unsafe fn of_thread(number: libc::c_long, arguments: [u64; 6]) -> Result<Sample> {
    // SAFETY: As the caller has promised.
    let (result, with) = unsafe { system_call_of_thread(number, arguments) }?;
    result?;
    Ok(Sample {
        with,
        without: of_clock()?,
        times: 1,
    })
}
