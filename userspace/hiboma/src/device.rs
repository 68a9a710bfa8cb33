// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Hiboma`]: a descriptor of `/dev/hiboma`. KVM's counterpart is `Kvm`.

use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd, OwnedFd, RawFd};
use std::path::Path;

use crate::{AnonFd, OpenError, ioctl, uapi};

/// A descriptor of the device: the way to everything else.
///
/// Kernel side: `HibomaDevice` of `module/hiboma_tiny.rs`, and of `module/device.rs` with KVM's
/// ioctls besides; KVM's is `kvm_chardev_ops` of `virt/kvm/kvm_main.c`.
///
/// # Invariants
///
/// The descriptor has answered [`HIBOMA_GET_VERSION`](uapi::HIBOMA_GET_VERSION) as hiboma does.
#[derive(Debug)]
pub struct Hiboma(OwnedFd);

impl Hiboma {
    /// Opens [`/dev/hiboma`](uapi::DEVICE_PATH), `O_RDWR | O_CLOEXEC`.
    ///
    /// # Errors
    ///
    /// An [`OpenError`], which says what to do.
    pub fn open() -> Result<Self, OpenError> {
        Self::open_with_path(uapi::DEVICE_PATH)
    }

    /// Opens a device node of hiboma that lies elsewhere, as containers may have it.
    ///
    /// Asks for the version at once and takes only a device that answers
    /// [`HIBOMA_VERSION`](uapi::HIBOMA_VERSION): the numbers mean something else anywhere else.
    /// `Documentation/virt/kvm/api.rst` asks the same of KVM's users.
    ///
    /// # Errors
    ///
    /// An [`OpenError`], which says what to do.
    pub fn open_with_path(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let file = File::options()
            .read(true)
            .write(true)
            .open(path)
            .map_err(|error| OpenError::from_open(path, error))?;
        match ioctl::get_version(file.as_fd()) {
            // INVARIANT: This is the answer.
            Ok(uapi::HIBOMA_VERSION) => Ok(Hiboma(file.into())),
            answer => Err(OpenError::NotHiboma {
                path: path.to_owned(),
                answer,
            }),
        }
    }

    /// The version of the interface: 110. KVM's `KVM_GET_API_VERSION` says 12.
    ///
    /// # Errors
    ///
    /// None that hiboma gives.
    pub fn version(&self) -> nix::Result<u32> {
        ioctl::get_version(self.0.as_fd())
    }

    /// Makes a new open file, `anon_inode:hiboma-anon`, and a descriptor of it, the lowest free
    /// one, `O_RDWR | O_CLOEXEC`. KVM's counterpart is `KVM_CREATE_VM`.
    ///
    /// # Errors
    ///
    /// - `EMFILE`: this process is at its limit of descriptors (`RLIMIT_NOFILE`);
    /// - `ENFILE`: the system is at its limit of open files (`/proc/sys/fs/file-max`);
    /// - `ENOMEM`: the kernel has no memory for it.
    ///
    /// They are `get_unused_fd_flags()`'s and `anon_inode_getfile()`'s: `fs/file.c`,
    /// `fs/anon_inodes.c`.
    pub fn open_fd(&self) -> nix::Result<AnonFd> {
        // SAFETY: By the type invariant this is a descriptor of hiboma.
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
