// SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT OR Apache-2.0

//! What `anon_inode_sample.ko` promises to its tests, which include this very file.
//!
//! Every command is an `_IO(SAMPLE_IO, nr)` and takes no argument.

/// The device node that `misc_register()` makes.
pub const DEVICE_PATH: &str = "/dev/anon_inode_sample";

/// The type ("magic") byte of the sample's `_IO()` numbers: hiboma's, of which the sample takes
/// the sequence numbers from 0x80 on.
pub const SAMPLE_IO: u32 = 0xBB;

/// On the device: returns a new descriptor, made by reserving a number, making the file, and
/// installing it. It is `anon_inode:sample-page`, opened `O_RDWR | O_CLOEXEC`.
pub const SAMPLE_INSTALL_NR: u32 = 0x80;

/// On the device: returns a new descriptor of the same kind, made in one call.
pub const SAMPLE_GETFD_NR: u32 = 0x81;

/// On the device: does as [`SAMPLE_INSTALL_NR`] does, but stops before the installation, as a
/// caller would on an error. Returns the number that was reserved, and is free again.
pub const SAMPLE_ABANDON_NR: u32 = 0x82;

/// On the device: returns how many pages there are, thus how many files that are not released.
pub const SAMPLE_LIVE_NR: u32 = 0x83;

/// On the descriptor: returns the size of the caller's `long` in bytes: 8, or 4 where the call
/// came through the compat entry.
///
/// `mmap(2)` of the descriptor, one page and `MAP_SHARED`, maps the file's own page: every mapping
/// shows the same memory, zero at first. Anything else is `EINVAL`.
pub const SAMPLE_WORD_NR: u32 = 0x84;

/// On the device: returns a new descriptor, `anon_inode:sample-bell`, opened `O_RDONLY | O_CLOEXEC`.
///
/// `poll(2)` says `POLLIN` of it once it has rung, and nothing before.
pub const SAMPLE_BELL_NR: u32 = 0x85;

/// On the bell: rings it, and wakes who waits for that.
pub const SAMPLE_RING_NR: u32 = 0x86;

/// On the bell: returns how often it has rung since it was last asked.
pub const SAMPLE_HEAR_NR: u32 = 0x87;
