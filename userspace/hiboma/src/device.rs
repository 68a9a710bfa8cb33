// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Hiboma`]: a descriptor of `/dev/hiboma`. KVM's counterpart is `Kvm`.

use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd, OwnedFd, RawFd};
use std::path::Path;

use crate::{AnonFd, OpenError, ioctl, uapi};

/// A descriptor of the device, from which all other descriptors are made.
///
/// Kernel side: `HibomaDevice` of `module/hiboma_tiny.rs`; with KVM's ioctls as well, the one of
/// `module/device.rs`. KVM's is `kvm_chardev_ops` of `virt/kvm/kvm_main.c`.
///
/// # Invariants
///
/// The device has returned hiboma's version for [`HIBOMA_GET_VERSION`](uapi::HIBOMA_GET_VERSION).
#[derive(Debug)]
pub struct Hiboma(OwnedFd);

impl Hiboma {
    /// Opens [`/dev/hiboma`](uapi::DEVICE_PATH), `O_RDWR | O_CLOEXEC`.
    ///
    /// # Errors
    ///
    /// An [`OpenError`], whose message says what to do.
    pub fn open() -> Result<Self, OpenError> {
        Self::open_with_path(uapi::DEVICE_PATH)
    }

    /// Opens a device node of hiboma at another path, as a container may have it.
    ///
    /// Asks for the version at once and accepts only a device that returns
    /// [`HIBOMA_VERSION`](uapi::HIBOMA_VERSION): on other devices the ioctl numbers mean something
    /// else. `Documentation/virt/kvm/api.rst` demands the same check of KVM's users.
    ///
    /// # Errors
    ///
    /// An [`OpenError`], whose message says what to do.
    pub fn open_with_path(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let file = File::options()
            .read(true)
            .write(true)
            .open(path)
            .map_err(|error| OpenError::from_open(path, error))?;
        match ioctl::get_version(file.as_fd()) {
            // INVARIANT: The device has just returned hiboma's version.
            Ok(uapi::HIBOMA_VERSION) => Ok(Hiboma(file.into())),
            answer => Err(OpenError::NotHiboma {
                path: path.to_owned(),
                answer,
            }),
        }
    }

    /// Returns the version of the interface, 110. KVM's `KVM_GET_API_VERSION` returns 12.
    ///
    /// # Errors
    ///
    /// hiboma itself returns none.
    pub fn version(&self) -> nix::Result<u32> {
        ioctl::get_version(self.0.as_fd())
    }

    /// Creates an open file, `anon_inode:hiboma-anon`, and the lowest free descriptor for it, with
    /// `O_RDWR | O_CLOEXEC`. KVM's counterpart is `KVM_CREATE_VM`.
    ///
    /// # Errors
    ///
    /// - `EMFILE` if this process is at its limit of descriptors (`RLIMIT_NOFILE`);
    /// - `ENFILE` if the system is at its limit of open files (`/proc/sys/fs/file-max`);
    /// - `ENOMEM` if the kernel is out of memory.
    ///
    /// They come from `get_unused_fd_flags()` and `anon_inode_getfile()`: `fs/file.c`,
    /// `fs/anon_inodes.c`.
    pub fn open_fd(&self) -> nix::Result<AnonFd> {
        // SAFETY: By the type invariant the descriptor is one of `/dev/hiboma`.
        unsafe { ioctl::open_fd(self.0.as_fd()) }.map(AnonFd::from)
    }
}

impl From<Hiboma> for OwnedFd {
    fn from(device: Hiboma) -> Self {
        device.0
    }
}

impl AsFd for Hiboma {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl AsRawFd for Hiboma {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

impl IntoRawFd for Hiboma {
    fn into_raw_fd(self) -> RawFd {
        self.0.into_raw_fd()
    }
}
