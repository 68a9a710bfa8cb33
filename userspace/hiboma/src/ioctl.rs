// SPDX-License-Identifier: MIT OR Apache-2.0

//! The ioctls as functions on borrowed descriptors. All `unsafe` of the crate is here.
//!
//! nix's `ioctl_none` macros pass no third argument, so the kernel sees whatever its register
//! held. hiboma ignores it. `KVM_GET_API_VERSION` would answer `EINVAL` unless it happened to
//! be 0, which is why kvm-ioctls passes that 0.

use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use crate::uapi;

// ANCHOR: raw
/// One function for each number of `uapi/hiboma.rs`, as nix's macros make them.
mod raw {
    use super::uapi::*;

    // The number is all there is: no direction, no size, no type byte.
    nix::ioctl_none_bad!(hiboma_get_version, HIBOMA_GET_VERSION);
    nix::ioctl_none_bad!(hiboma_open_fd, HIBOMA_OPEN_FD);

    // The number is put together as `_IO(HIBOMAIO, 0x00)` does it in C.
    nix::ioctl_none!(hiboma_anon_count, HIBOMAIO, HIBOMA_ANON_COUNT_NR);
}
// ANCHOR_END: raw

/// `HIBOMA_GET_VERSION` on `/dev/hiboma`.
pub(crate) fn get_version(device: BorrowedFd<'_>) -> nix::Result<u32> {
    // SAFETY: `device` is open for as long as it is borrowed, and number 0 makes neither the VFS
    // nor hiboma touch memory of this process.
    let version = unsafe { raw::hiboma_get_version(device.as_raw_fd()) }?;
    Ok(version.cast_unsigned())
}

/// `HIBOMA_OPEN_FD` on `/dev/hiboma`.
///
/// # Safety
///
/// `device` must be a descriptor of `/dev/hiboma`. Elsewhere the number means something else (on
/// a regular file it is `FIBMAP`), and what comes back is not a new descriptor.
pub(crate) unsafe fn open_fd(device: BorrowedFd<'_>) -> nix::Result<OwnedFd> {
    // SAFETY: `device` is open for as long as it is borrowed, and hiboma does not touch memory
    // of this process.
    let fd = unsafe { raw::hiboma_open_fd(device.as_raw_fd()) }?;
    // SAFETY: By the contract of this function it was hiboma that answered: `fd` has just been
    // made for this process, and nobody else knows of it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// `HIBOMA_ANON_COUNT` on `anon_inode:hiboma-anon`.
pub(crate) fn anon_count(anon: BorrowedFd<'_>) -> nix::Result<u32> {
    // SAFETY: `anon` is open for as long as it is borrowed. `_IO` numbers carry no size: there is
    // no memory to be read or written.
    let count = unsafe { raw::hiboma_anon_count(anon.as_raw_fd()) }?;
    Ok(count.cast_unsigned())
}
