// SPDX-License-Identifier: MIT OR Apache-2.0

//! The device's own ioctls.

use std::fs;
use std::os::fd::{AsFd, AsRawFd};

use guest_tests::kvm::{as_fd, call, create, on_all};
use hiboma::kvm::*;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl};
use nix::unistd::{Whence, lseek};

/// Every VMM calls this first; the version will always be 12.
#[test]
fn the_api_version_is_12() {
    on_all(|device| {
        assert_eq!(device.open().get_api_version(), 12);
        let file = device.file();
        for argument in [1, 12, u64::MAX] {
            let answer = call(&file, KVM_GET_API_VERSION, argument);
            assert_eq!(answer, Err(Errno::EINVAL), "{argument:#x}");
        }
    });
}

/// `struct kvm_run`, the port I/O data, and the coalesced MMIO ring.
#[test]
fn a_vcpus_mapping_is_three_pages() {
    on_all(|device| {
        assert_eq!(device.open().get_vcpu_mmap_size().unwrap(), 0x3000);
        let answer = call(device.file(), KVM_GET_VCPU_MMAP_SIZE, 1);
        assert_eq!(answer, Err(Errno::EINVAL));
    });
}

/// The argument is the VM type; x86 offers only type 0 to everyone.
#[test]
fn only_machines_of_type_0_are_made() {
    on_all(|device| {
        let file = device.file();
        for kind in [1, 2, 3, 4, 40, 0xfff, 1 << 63, u64::MAX] {
            let answer = create(&file, KVM_CREATE_VM, kind);
            assert_eq!(answer.err(), Some(Errno::EINVAL), "{kind:#x}");
        }
        assert!(create(&file, KVM_CREATE_VM, 0).is_ok());
    });
}

#[test]
fn a_machines_descriptor_is_open_for_both_and_closes_on_exec() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let name = match device.differs("the names of the descriptors") {
            false => "anon_inode:kvm-vm",
            true => "anon_inode:hiboma-anon",
        };
        let link = fs::read_link(format!("/proc/self/fd/{}", vm.as_raw_fd())).unwrap();
        assert_eq!(link.to_str(), Some(name));
        let flags = fcntl(as_fd(&vm), FcntlArg::F_GETFL).map(OFlag::from_bits_retain);
        assert_eq!(flags, Ok(OFlag::O_RDWR));
        let flags = fcntl(as_fd(&vm), FcntlArg::F_GETFD).map(FdFlag::from_bits_retain);
        assert_eq!(flags, Ok(FdFlag::FD_CLOEXEC));
    });
}

#[test]
fn to_seek_on_the_device_moves_nothing() {
    on_all(|device| {
        let position = lseek(device.file(), 100, Whence::SeekSet);
        match device.differs("seeking on the device") {
            false => assert_eq!(position, Ok(0)),
            true => assert_eq!(position, Err(Errno::ESPIPE)),
        }
    });
}

/// Each kind of descriptor accepts only its own ioctls, and has its own error for the others.
#[test]
fn what_is_unknown_is_einval_enotty_einval() {
    on_all(|device| {
        let file = device.file();
        let vm = create(&file, KVM_CREATE_VM, 0).unwrap();
        let vcpu = create(&vm, KVM_CREATE_VCPU, 0).unwrap();
        let none = 0xae7f;
        let check = |fd: &dyn AsFd, errno, numbers: &[u32]| {
            for &number in numbers {
                let answer = call(fd.as_fd(), number, 0);
                assert_eq!(answer, Err(errno), "{number:#x}");
            }
        };
        check(
            &file,
            Errno::EINVAL,
            &[none, 0x7777, KVM_RUN, KVM_CREATE_VCPU],
        );
        check(
            &vm,
            Errno::ENOTTY,
            &[none, 0x7777, KVM_RUN, KVM_GET_API_VERSION],
        );
        check(&vm, Errno::ENOTTY, &[KVM_CREATE_VM, KVM_GET_VCPU_MMAP_SIZE]);
        check(&vcpu, Errno::EINVAL, &[none, 0x7777, KVM_GET_API_VERSION]);
        check(
            &vcpu,
            Errno::EINVAL,
            &[KVM_CREATE_VM, KVM_CREATE_VCPU, KVM_CHECK_EXTENSION],
        );
    });
}
