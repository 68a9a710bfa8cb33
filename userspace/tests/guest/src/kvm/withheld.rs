// SPDX-License-Identifier: MIT OR Apache-2.0

//! A page of memory that is missing until the test provides
//! it, like a page that must be read from a slow disk.
//!
//! Reference: [`admin-guide/mm/userfaultfd`](srctree/Documentation/admin-guide/mm/userfaultfd.rst).

use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};

use nix::errno::Errno;
use nix::ioctl_readwrite;
use nix::libc::{self, O_CLOEXEC, O_NONBLOCK, SYS_userfaultfd};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::{Memory, PAGE};

#[repr(C)]
struct UffdioApi {
    api: u64,
    features: u64,
    ioctls: u64,
}

#[repr(C)]
struct UffdioRange {
    start: u64,
    len: u64,
}

#[repr(C)]
struct UffdioRegister {
    range: UffdioRange,
    mode: u64,
    ioctls: u64,
}

#[repr(C)]
struct UffdioZeropage {
    range: UffdioRange,
    mode: u64,
    zeropage: i64,
}

const UFFD_API: u64 = 0xaa;
const REGISTER_MODE_MISSING: u64 = 1;

ioctl_readwrite!(uffdio_api, UFFD_API, 0x3f, UffdioApi);
ioctl_readwrite!(uffdio_register, UFFD_API, 0x00, UffdioRegister);
ioctl_readwrite!(uffdio_zeropage, UFFD_API, 0x04, UffdioZeropage);

/// A withheld page: any access waits in the kernel
/// until this is [`Self::give`]n or dropped.
pub struct Withheld {
    userfaultfd: OwnedFd,
    start: u64,
}

impl Withheld {
    /// Withholds the page that begins at `at`. It must not have been touched yet.
    pub fn page(memory: &Memory, at: usize) -> Self {
        // Only a non-blocking userfaultfd can be polled.
        let flags = O_CLOEXEC | O_NONBLOCK;
        // SAFETY: The system call takes no pointer.
        let fd = unsafe { libc::syscall(SYS_userfaultfd, flags) };
        let fd = Errno::result(fd).expect("the guest's kernel has userfaultfd");
        // SAFETY: The descriptor has just been created, and nothing else owns it.
        let userfaultfd = unsafe { OwnedFd::from_raw_fd(fd as i32) };
        let start = memory.address() + at as u64;
        let withheld = Withheld { userfaultfd, start };
        let mut api = UffdioApi {
            api: UFFD_API,
            features: 0,
            ioctls: 0,
        };
        let mut register = UffdioRegister {
            range: withheld.range(),
            mode: REGISTER_MODE_MISSING,
            ioctls: 0,
        };
        let fd = withheld.userfaultfd.as_raw_fd();
        // SAFETY: Each structure is the one of its number, and only the kernel changes it.
        unsafe { uffdio_api(fd, &mut api).expect("UFFDIO_API") };
        // SAFETY: As above.
        unsafe { uffdio_register(fd, &mut register).expect("UFFDIO_REGISTER") };
        withheld
    }

    /// Waits until an access waits for the page, but at most ten seconds.
    pub fn is_wanted(&self) -> bool {
        let mut fault = [PollFd::new(self.userfaultfd.as_fd(), PollFlags::POLLIN)];
        poll(&mut fault, PollTimeout::from(10_000_u16)).is_ok()
            && fault[0].revents() == Some(PollFlags::POLLIN)
    }

    /// Provides the page, filled with zeros.
    pub fn give(&self) {
        let mut zeropage = UffdioZeropage {
            range: self.range(),
            mode: 0,
            zeropage: 0,
        };
        let fd = self.userfaultfd.as_raw_fd();
        // SAFETY: The structure is the one of its number, and the page has no content yet.
        unsafe { uffdio_zeropage(fd, &mut zeropage).expect("UFFDIO_ZEROPAGE") };
    }

    fn range(&self) -> UffdioRange {
        UffdioRange {
            start: self.start,
            len: PAGE as u64,
        }
    }
}
