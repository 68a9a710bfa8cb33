// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`AnonFd`]: a descriptor of `anon_inode:hiboma-anon`. KVM's counterpart is `VmFd`.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd, OwnedFd, RawFd};

use crate::ioctl;

/// A descriptor that [`Hiboma::open_fd`](crate::Hiboma::open_fd) made.
///
/// No path in the file system leads to it: only a process that holds the descriptor can use it.
/// It stays usable when the device it came from is closed, and keeps the module loaded.
///
/// Kernel side: `HibomaAnon` of `module/hiboma_tiny.rs`, and `Vm` of `module/vm.rs`; KVM's is
/// `kvm_vm_fops` of `virt/kvm/kvm_main.c`.
#[derive(Debug)]
pub struct AnonFd(OwnedFd);

impl AnonFd {
    /// Returns how often it has been called on this open file, this call included: 1, 2, 3, …
    ///
    /// The count belongs to the open file. `dup(2)`, `fork(2)` and passing the descriptor on
    /// share it; each [`Hiboma::open_fd`](crate::Hiboma::open_fd) starts a new one.
    ///
    /// # Errors
    ///
    /// - `ENOTTY` if the descriptor is of another kind (see [`AnonFd::from`]);
    /// - `EOVERFLOW` if the count is above `INT_MAX`, the most that `ioctl(2)` can return.
    pub fn count(&self) -> nix::Result<u32> {
        ioctl::anon_count(self.0.as_fd())
    }
}

/// Takes ownership of a descriptor that was duplicated, inherited or received.
///
/// The first ioctl shows whether it is one of hiboma's.
impl From<OwnedFd> for AnonFd {
    fn from(fd: OwnedFd) -> Self {
        AnonFd(fd)
    }
}

impl From<AnonFd> for OwnedFd {
    fn from(anon: AnonFd) -> Self {
        anon.0
    }
}

impl AsFd for AnonFd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl AsRawFd for AnonFd {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

impl IntoRawFd for AnonFd {
    fn into_raw_fd(self) -> RawFd {
        self.0.into_raw_fd()
    }
}
