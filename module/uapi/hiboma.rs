// SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT OR Apache-2.0

//! The ioctls that only hiboma has: their numbers, and what they return.
//!
//! Kernel and userspace include this same file: the modules, and the `hiboma` crate by its path.
//! The C side is `comparisons/c/hiboma.h`; a test compares the two.
//!
//! Counterpart: [`include/uapi/linux/kvm.h`](srctree/include/uapi/linux/kvm.h).

/// The device node that `misc_register()` creates.
pub const DEVICE_PATH: &str = "/dev/hiboma";

/// The value that [`HIBOMA_GET_VERSION`] returns.
pub const HIBOMA_VERSION: u32 = 110;

/// On `/dev/hiboma`: returns [`HIBOMA_VERSION`]. The argument is ignored.
///
/// A bare number, not one made by `_IO()`, as in the experiment that hiboma grew from. Not all
/// bare numbers are free: the kernel itself handles 2, `FIGETBSZ`, for every file, and 1,
/// `FIBMAP`, for regular files.
pub const HIBOMA_GET_VERSION: u32 = 0;

/// On `/dev/hiboma`: returns a new file descriptor, `anon_inode:hiboma-anon`, opened
/// `O_RDWR | O_CLOEXEC`. The argument is ignored. In `hiboma.ko` it is a VM, the same as
/// `KVM_CREATE_VM` creates.
pub const HIBOMA_OPEN_FD: u32 = 1;

/// The type ("magic") byte of hiboma's `_IO()` numbers. KVM's is `KVMIO` (0xAE).
///
/// `Documentation/userspace-api/ioctl/ioctl-number.rst` does not list it as used.
pub const HIBOMAIO: u32 = 0xBB;

/// The sequence number ("nr") of `HIBOMA_ANON_COUNT`, `_IO(HIBOMAIO, 0x00)`.
///
/// On `anon_inode:hiboma-anon`: returns how often it was called on this open file, including this
/// call. Descriptors shared by `dup(2)` or `fork(2)` have one count; each `HIBOMA_OPEN_FD` starts
/// a new one. Fails with `EOVERFLOW` if the count no longer fits an `int`.
pub const HIBOMA_ANON_COUNT_NR: u32 = 0x00;
