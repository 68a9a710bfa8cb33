// SPDX-License-Identifier: MIT OR Apache-2.0

//! A 32-bit program on the 64-bit kernel gets the same results, by `compat_ioctl`.

use guest_tests::{Guest, in_child, raw};
use hiboma::uapi;
use nix::errno::Errno;

#[test]
fn the_device_answers() {
    let guest = Guest::lock();
    let [hiboma, kvm] = guest.devices();
    // In a child process: a kernel without 32-bit system calls would kill it.
    in_child(|| {
        let version = raw::compat_ioctl(&hiboma, uapi::HIBOMA_GET_VERSION.into());
        assert_eq!(version, Ok(110));
        let fd = raw::compat_ioctl(&hiboma, uapi::HIBOMA_OPEN_FD.into());
        assert!(fd.is_ok(), "{fd:?}");

        let version = raw::compat_ioctl(&kvm, raw::KVM_GET_API_VERSION);
        assert_eq!(version, Ok(12));
    });
}

#[test]
fn the_descriptor_answers() {
    let guest = Guest::lock();
    let [anon, _] = guest.descriptors();
    let count = nix::request_code_none!(uapi::HIBOMAIO, uapi::HIBOMA_ANON_COUNT_NR);
    in_child(|| {
        assert_eq!(raw::compat_ioctl(&anon, count), Ok(1));
        assert_eq!(raw::ioctl(&anon, count, 0), Ok(2));
    });
}

#[test]
fn unknown_ioctls_fail_alike() {
    let guest = Guest::lock();
    in_child(|| {
        for device in guest.devices() {
            let answer = raw::compat_ioctl(&device, 0x7777);
            assert_eq!(answer, Err(Errno::EINVAL), "{}", device.name);
        }
        for descriptor in guest.descriptors() {
            let answer = raw::compat_ioctl(&descriptor, 0x7777);
            assert_eq!(answer, Err(Errno::ENOTTY), "{}", descriptor.name);
        }
    });
}
