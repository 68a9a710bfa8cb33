// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`AnonFd`]: a descriptor of `anon_inode:hiboma-anon`. KVM's counterpart is `VmFd`.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd, OwnedFd, RawFd};

use crate::ioctl;

/// A descriptor that [`Hiboma::open_fd`](crate::Hiboma::open_fd) made.
///
/// Nothing in the file system leads to it: who holds the descriptor may use it, and nobody else.
/// It stays usable when the device it came from is closed, and keeps the module loaded.
///
/// Kernel side: `HibomaAnon` of `module/hiboma_tiny.rs`, and `Vm` of `module/vm.rs`; KVM's is
/// `kvm_vm_fops` of `virt/kvm/kvm_main.c`.
#[derive(Debug)]
pub struct AnonFd(OwnedFd);

impl AnonFd {
    /// How often this has been asked on this open file, this time included: 1, 2, 3, …
    ///
    /// The open file is what has the count. `dup(2)`, `fork(2)` and passing the descriptor on
    /// share it; each [`Hiboma::open_fd`](crate::Hiboma::open_fd) starts a new one.
    ///
    /// # Errors
    ///
    /// - `ENOTTY`: the descriptor is of another kind (see [`AnonFd::from`]);
    /// - `EOVERFLOW`: the count is above `INT_MAX`, what `ioctl(2)` can return.
    pub fn count(&self) -> nix::Result<u32> {
        ioctl::anon_count(self.0.as_fd())
    }
}

/// Takes a descriptor that was duplicated, inherited or received.
///
/// Whether it is one of hiboma's turns out at the first ioctl.
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
