// SPDX-License-Identifier: MIT OR Apache-2.0

//! `anon_inode:hiboma-anon`: the kind of file behind the descriptor.

use std::fs::{self, File};
use std::num::NonZero;
use std::os::fd::{AsFd, AsRawFd};
use std::path::PathBuf;

use guest_tests::{Guest, raw};
use hiboma::uapi;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl};
use nix::sys::mman::{MapFlags, ProtFlags, mmap};
use nix::unistd::{Whence, lseek, read, write};

fn link(fd: impl AsFd) -> PathBuf {
    format!("/proc/self/fd/{}", fd.as_fd().as_raw_fd()).into()
}

#[test]
fn proc_shows_its_name() {
    let guest = Guest::lock();
    for descriptor in guest.descriptors() {
        let target = fs::read_link(link(&descriptor)).unwrap();
        assert_eq!(target.to_str(), Some(descriptor.name));
    }
}

#[test]
fn it_is_open_for_both_and_closes_on_exec() {
    let guest = Guest::lock();
    for descriptor in guest.descriptors() {
        let file = fcntl(&descriptor, FcntlArg::F_GETFL).map(OFlag::from_bits_retain);
        assert_eq!(file, Ok(OFlag::O_RDWR), "{}", descriptor.name);
        let number = fcntl(&descriptor, FcntlArg::F_GETFD).map(FdFlag::from_bits_retain);
        assert_eq!(number, Ok(FdFlag::FD_CLOEXEC), "{}", descriptor.name);
    }
}

/// The device returns `EINVAL`, the descriptor `ENOTTY`.
#[test]
fn an_unknown_ioctl_is_enotty() {
    let guest = Guest::lock();
    for descriptor in guest.descriptors() {
        let answer = raw::ioctl(&descriptor, 0x7777, 0);
        assert_eq!(answer, Err(Errno::ENOTTY), "{}", descriptor.name);
    }
}

/// A process that only received the descriptor cannot create more of them.
#[test]
fn the_ioctls_of_the_device_are_unknown_to_it() {
    let guest = Guest::lock();
    let [anon, vm] = guest.descriptors();
    for number in [uapi::HIBOMA_GET_VERSION, uapi::HIBOMA_OPEN_FD] {
        let answer = raw::ioctl(&anon, number.into(), 0);
        assert_eq!(answer, Err(Errno::ENOTTY), "{number}");
    }
    let answer = raw::ioctl(&vm, raw::KVM_GET_API_VERSION, 0);
    assert_eq!(answer, Err(Errno::ENOTTY));
}

#[test]
fn it_cannot_be_opened_by_its_link() {
    let guest = Guest::lock();
    for descriptor in guest.descriptors() {
        let error = File::open(link(&descriptor)).unwrap_err();
        let errno = error.raw_os_error().map(Errno::from_raw);
        assert_eq!(errno, Some(Errno::ENXIO), "{}", descriptor.name);
    }
}

/// `noop_llseek()`: succeeds, and stays where it was.
#[test]
fn seeking_does_nothing() {
    let guest = Guest::lock();
    for descriptor in guest.descriptors() {
        for (offset, whence) in [(10, Whence::SeekSet), (10, Whence::SeekCur)] {
            let position = lseek(&descriptor, offset, whence);
            assert_eq!(position, Ok(0), "{}: {whence:?}", descriptor.name);
        }
    }
}

#[test]
fn there_is_nothing_to_read_or_write() {
    let guest = Guest::lock();
    for descriptor in guest.descriptors() {
        let name = descriptor.name;
        assert_eq!(read(&descriptor, &mut [0; 8]), Err(Errno::EINVAL), "{name}");
        assert_eq!(write(&descriptor, &[0; 8]), Err(Errno::EINVAL), "{name}");
    }
}

#[test]
fn there_is_nothing_to_map() {
    let guest = Guest::lock();
    for descriptor in guest.descriptors() {
        let length = NonZero::new(0x1000).unwrap();
        // SAFETY: The kernel chooses the address, so it overwrites no mapping of this process.
        let mapping = unsafe {
            mmap(
                None,
                length,
                ProtFlags::PROT_READ,
                MapFlags::MAP_SHARED,
                &descriptor,
                0,
            )
        };
        assert_eq!(mapping, Err(Errno::ENODEV), "{}", descriptor.name);
    }
}

#[test]
fn it_outlives_the_device_it_came_from() {
    let guest = Guest::lock();
    let device = guest.device();
    let anon = device.open_fd().unwrap();
    drop(device);
    assert_eq!(anon.count(), Ok(1));
}
