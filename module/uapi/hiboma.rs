// SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT OR Apache-2.0

//! The ioctls that only hiboma has: their numbers, and what they return.
//!
//! Kernel and userspace include this very file: the modules, and the `hiboma` crate by its path.
//! The C side is `comparisons/c/hiboma.h`; a test holds the two together.
//!
//! Counterpart: [`include/uapi/linux/kvm.h`](srctree/include/uapi/linux/kvm.h).

/// The device node that `misc_register()` makes.
pub const DEVICE_PATH: &str = "/dev/hiboma";

/// What [`HIBOMA_GET_VERSION`] returns.
pub const HIBOMA_VERSION: u32 = 110;

/// On `/dev/hiboma`: returns [`HIBOMA_VERSION`]. The argument is ignored.
///
/// A bare number, not one made by `_IO()`, as the experiment that hiboma grew from had it. Bare
/// numbers are not all free: the kernel itself answers 2, `FIGETBSZ`, for every file, and 1,
/// `FIBMAP`, for regular ones.
pub const HIBOMA_GET_VERSION: u32 = 0;

/// On `/dev/hiboma`: returns a new descriptor, `anon_inode:hiboma-anon`, opened
/// `O_RDWR | O_CLOEXEC`. The argument is ignored. In `hiboma.ko` it is a VM, the same as
/// `KVM_CREATE_VM` makes.
pub const HIBOMA_OPEN_FD: u32 = 1;

/// The type ("magic") byte of hiboma's `_IO()` numbers, as `KVMIO` (0xAE) is KVM's.
///
/// Not taken in `Documentation/userspace-api/ioctl/ioctl-number.rst`.
pub const HIBOMAIO: u32 = 0xBB;

/// The sequence number ("nr") of `HIBOMA_ANON_COUNT`, `_IO(HIBOMAIO, 0x00)`.
///
/// On `anon_inode:hiboma-anon`: returns how often it has been called on this open file, this
/// call included. What `dup(2)` and `fork(2)` share has one count; each `HIBOMA_OPEN_FD` starts
/// a new one. `EOVERFLOW` where the count no longer fits an `int`.
pub const HIBOMA_ANON_COUNT_NR: u32 = 0x00;
