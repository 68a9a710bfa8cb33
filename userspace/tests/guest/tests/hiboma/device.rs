// SPDX-License-Identifier: MIT OR Apache-2.0

//! `/dev/hiboma`: the node, and the ioctls of the device.

use std::fs::{self, File};
use std::os::unix::fs::{FileTypeExt, MetadataExt};

use guest_tests::{Guest, in_child, raw};
use hiboma::uapi;
use nix::errno::Errno;
use nix::sys::stat::{major, minor};
use nix::unistd::{read, write};

/// No driver here knows this number, nor does the VFS.
const UNKNOWN: u64 = 0x7777;

#[test]
fn the_node_is_a_misc_device_for_root_alone() {
    let _guest = Guest::lock();
    let node = fs::metadata(uapi::DEVICE_PATH).unwrap();

    assert!(node.file_type().is_char_device());
    assert_eq!(node.mode() & 0o7777, 0o600);
    assert_eq!((node.uid(), node.gid()), (0, 0));
    assert_eq!(major(node.rdev()), 10, "MISC_MAJOR");
    // Fixed minors are 255 or less; KVM has 232.
    assert!(minor(node.rdev()) > 255, "MISC_DYNAMIC_MINOR");
}

#[test]
fn the_version_is_110() {
    let guest = Guest::lock();
    assert_eq!(guest.device().version(), Ok(110));
}

#[test]
fn an_unknown_ioctl_is_einval() {
    let guest = Guest::lock();
    for device in guest.devices() {
        let answer = raw::ioctl(&device, UNKNOWN, 0);
        assert_eq!(answer, Err(Errno::EINVAL), "{}", device.name);
    }
}

#[test]
fn the_ioctl_of_the_descriptor_is_unknown_to_the_device() {
    let guest = Guest::lock();
    let count = nix::request_code_none!(uapi::HIBOMAIO, uapi::HIBOMA_ANON_COUNT_NR);
    assert_eq!(raw::ioctl(guest.device(), count, 0), Err(Errno::EINVAL));
}

/// hiboma's bare numbers end at 1, because 2 is `FIGETBSZ` and never reaches a driver.
#[test]
fn number_2_is_answered_by_the_vfs() {
    let guest = Guest::lock();
    let devtmpfs = fs::metadata("/dev").unwrap().blksize();
    for device in guest.devices() {
        let answer = raw::block_size(&device).map(|size| size as u64);
        assert_eq!(answer, Ok(devtmpfs), "{}", device.name);
    }
}

/// A C program may omit the argument, and then passes what
/// the register contained. KVM returns `EINVAL` for that.
#[test]
fn the_argument_is_ignored_where_kvm_refuses_it() {
    let guest = Guest::lock();
    let [hiboma, kvm] = guest.devices();
    for garbage in [1, 0xbad, u64::MAX] {
        let version = raw::ioctl(&hiboma, uapi::HIBOMA_GET_VERSION.into(), garbage);
        assert_eq!(version, Ok(110), "{garbage:#x}");
        // In a child, whose exit closes the descriptor.
        in_child(|| {
            let fd = raw::ioctl(&hiboma, uapi::HIBOMA_OPEN_FD.into(), garbage);
            assert!(fd.is_ok(), "{garbage:#x}: {fd:?}");
        });

        let version = raw::ioctl(&kvm, raw::KVM_GET_API_VERSION, garbage);
        assert_eq!(version, Err(Errno::EINVAL), "{garbage:#x}");
    }
}

/// The seed's client passes `O_RDONLY | O_WRONLY`, which equals `O_WRONLY`.
#[test]
fn every_access_mode_may_ask() {
    let _guest = Guest::lock();
    for (path, number, version) in [
        (uapi::DEVICE_PATH, uapi::HIBOMA_GET_VERSION.into(), 110),
        ("/dev/kvm", raw::KVM_GET_API_VERSION, 12),
    ] {
        for (read, write) in [(true, false), (false, true), (true, true)] {
            let device = File::options().read(read).write(write).open(path);
            let answer = raw::ioctl(device.unwrap(), number, 0);
            assert_eq!(answer, Ok(version), "{path}: read {read}, write {write}");
        }
    }
}

#[test]
fn two_may_have_it_open_at_once() {
    let guest = Guest::lock();
    let (first, second) = (guest.device(), guest.device());
    let anon = first.open_fd().unwrap();
    drop(first);
    assert_eq!(second.version(), Ok(110));
    assert_eq!(second.open_fd().unwrap().count(), Ok(1));
    assert_eq!(anon.count(), Ok(1));
}

#[test]
fn there_is_nothing_to_read_or_write() {
    let guest = Guest::lock();
    for device in guest.devices() {
        let name = device.name;
        assert_eq!(read(&device, &mut [0; 8]), Err(Errno::EINVAL), "{name}");
        assert_eq!(write(&device, &[0; 8]), Err(Errno::EINVAL), "{name}");
    }
}
