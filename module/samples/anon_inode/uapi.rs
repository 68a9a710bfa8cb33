// SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT OR Apache-2.0

//! The interface of `anon_inode_sample.ko` to its tests, which include this same file.
//!
//! Every command is an `_IO(SAMPLE_IO, nr)` and takes no argument.

/// The device node that `misc_register()` creates.
pub const DEVICE_PATH: &str = "/dev/anon_inode_sample";

/// The type ("magic") byte of the sample's `_IO()` numbers: the same as hiboma's. The sample uses
/// the sequence numbers from 0x80 on.
pub const SAMPLE_IO: u32 = 0xBB;

/// On the device: reserves a number, creates a file, installs it, and returns the new descriptor.
/// It is `anon_inode:sample-page`, opened `O_RDWR | O_CLOEXEC`.
pub const SAMPLE_INSTALL_NR: u32 = 0x80;

/// On the device: returns a new descriptor of the same kind, created in one call.
pub const SAMPLE_GETFD_NR: u32 = 0x81;

/// On the device: does the same as [`SAMPLE_INSTALL_NR`], but stops before the installation, as a
/// caller would on an error. Returns the number that was reserved, and is free again.
pub const SAMPLE_ABANDON_NR: u32 = 0x82;

/// On the device: returns how many pages exist: one for each file that is not released.
pub const SAMPLE_LIVE_NR: u32 = 0x83;

/// On the descriptor: returns the size of the caller's `long` in bytes: 8, or 4 if the call came
/// through the compat entry.
///
/// `mmap(2)` of the descriptor, one page and `MAP_SHARED`, maps the file's own page: all mappings
/// show the same memory, zero at first. Any other mapping fails with `EINVAL`.
pub const SAMPLE_WORD_NR: u32 = 0x84;

/// On the device: returns a new descriptor, `anon_inode:sample-bell`, opened `O_RDONLY | O_CLOEXEC`.
///
/// `poll(2)` reports `POLLIN` if it has rung since [`SAMPLE_HEAR_NR`], and nothing otherwise.
pub const SAMPLE_BELL_NR: u32 = 0x85;

/// On the bell: rings it, and wakes all waiters.
pub const SAMPLE_RING_NR: u32 = 0x86;

/// On the bell: returns how often it has rung since the last call.
pub const SAMPLE_HEAR_NR: u32 = 0x87;
