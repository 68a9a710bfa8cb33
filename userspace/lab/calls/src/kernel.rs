// SPDX-License-Identifier: MIT OR Apache-2.0

//! The system calls. Results are those of the C library: a value, or -1 and an errno.

use std::ffi::CString;
use std::os::fd::RawFd;
use std::process::Command;

use nix::errno::Errno;
use nix::libc;
use nix::poll::PollFlags;

/// Nothing of a process is mapped below this address (`vm.mmap_min_addr` is at least a page).
pub const UNMAPPED: u16 = 4096;

/// The longest argument that an ioctl number can name: its size has 14 bits.
pub const BUFFER: usize = 1 << 14;

pub fn open(path: &str) -> nix::Result<i32> {
    let path = CString::new(path).map_err(|_| Errno::EINVAL)?;
    // SAFETY: `path` ends in a zero byte.
    Errno::result(unsafe { libc::open(path.as_ptr(), libc::O_RDWR) })
}

pub fn ioctl_number(fd: RawFd, cmd: u32, arg: u16) -> nix::Result<i32> {
    debug_assert!(arg < UNMAPPED);
    // SAFETY: If the kernel takes `arg` for an address, nothing is mapped there: `EFAULT`.
    Errno::result(unsafe { libc::ioctl(fd, cmd.into(), libc::c_ulong::from(arg)) })
}

/// Also returns the first `int` of the buffer after the call.
pub fn ioctl_buffer(fd: RawFd, cmd: u32) -> (nix::Result<i32>, i32) {
    let mut buffer = [0_i32; BUFFER / size_of::<i32>()];
    // SAFETY: The buffer has room for any size in an ioctl number. Its lengths and pointers are 0.
    let result = unsafe { libc::ioctl(fd, cmd.into(), buffer.as_mut_ptr()) };
    (Errno::result(result), buffer[0])
}

pub fn dup(fd: RawFd) -> nix::Result<i32> {
    // SAFETY: Touches no memory of this process.
    Errno::result(unsafe { libc::dup(fd) })
}

pub fn close(fd: RawFd) -> nix::Result<i32> {
    // SAFETY: No value in this process owns a descriptor, except the standard streams, whose
    // methods report an error if theirs is closed.
    Errno::result(unsafe { libc::close(fd) })
}

pub fn read(fd: RawFd, length: usize) -> nix::Result<isize> {
    let mut buffer = [0_u8; BUFFER];
    debug_assert!(length <= BUFFER);
    // SAFETY: The buffer has room for `length` bytes.
    Errno::result(unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), length) })
}

pub fn lseek(fd: RawFd, offset: u32) -> nix::Result<i64> {
    // SAFETY: Touches no memory of this process.
    Errno::result(unsafe { libc::lseek(fd, offset.into(), libc::SEEK_SET) })
}

/// Returns the events that the descriptor is ready for, by their names in `poll(2)`.
pub fn poll(fd: RawFd) -> nix::Result<String> {
    let asked_for = PollFlags::POLLIN | PollFlags::POLLOUT;
    let mut poll = libc::pollfd {
        fd,
        events: asked_for.bits(),
        revents: 0,
    };
    // SAFETY: `poll` is one valid `pollfd`.
    Errno::result(unsafe { libc::poll(&raw mut poll, 1, 0) })?;
    let events = PollFlags::from_bits_truncate(poll.revents);
    let names: Vec<&str> = events.iter_names().map(|(name, _)| name).collect();
    Ok(if names.is_empty() {
        "nothing".to_owned()
    } else {
        names.join(" | ")
    })
}

pub fn setuid(uid: u32) -> nix::Result<i32> {
    // SAFETY: Touches no memory of this process.
    Errno::result(unsafe { libc::setuid(uid) })
}

/// Runs a shell in a child process. Prints how it ended if its status is not 0.
pub fn sh(command: &str) {
    println!("$ {command}");
    match Command::new("sh").args(["-c", command]).status() {
        Ok(status) if status.success() => {}
        Ok(status) => println!("sh: {status}"),
        Err(error) => println!("sh: {error}"),
    }
}
