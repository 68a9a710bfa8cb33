// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_CREATE_VCPU`.

use std::fs;
use std::os::fd::AsRawFd;

use guest_tests::kvm::{as_fd, create, on_all};
use hiboma::kvm::*;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl};

/// The name of the descriptor contains the id.
#[test]
fn ids_may_be_any_below_the_maximum_in_any_order() {
    on_all(|device| {
        let vm = create(device.file(), KVM_CREATE_VM, 0).unwrap();
        for id in [7, 4095, 0, 1, 1023, 1024] {
            let vcpu = create(&vm, KVM_CREATE_VCPU, id).unwrap();
            let name = match device.differs("the names of the descriptors") {
                false => format!("anon_inode:kvm-vcpu:{id}"),
                true => format!("anon_inode:hiboma-vcpu:{id}"),
            };
            let link = fs::read_link(format!("/proc/self/fd/{}", vcpu.as_raw_fd())).unwrap();
            assert_eq!(link.to_string_lossy(), name);
            let flags = fcntl(&vcpu, FcntlArg::F_GETFL).map(OFlag::from_bits_retain);
            assert_eq!(flags, Ok(OFlag::O_RDWR));
            let flags = fcntl(&vcpu, FcntlArg::F_GETFD).map(FdFlag::from_bits_retain);
            assert_eq!(flags, Ok(FdFlag::FD_CLOEXEC));
        }
    });
}

#[test]
fn an_id_is_given_once_even_when_its_vcpu_is_closed() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let first = create(as_fd(&vm), KVM_CREATE_VCPU, 3).unwrap();
        let answer = create(as_fd(&vm), KVM_CREATE_VCPU, 3);
        assert_eq!(answer.err(), Some(Errno::EEXIST));
        drop(first);
        let answer = create(as_fd(&vm), KVM_CREATE_VCPU, 3);
        assert_eq!(answer.err(), Some(Errno::EEXIST));
    });
}

/// No bit of the argument is truncated.
#[test]
fn other_ids_are_einval() {
    on_all(|device| {
        let vm = create(device.file(), KVM_CREATE_VM, 0).unwrap();
        for id in [4096, 1 << 31, 1 << 32, 1 << 32 | 7, 1 << 63, u64::MAX] {
            let answer = create(&vm, KVM_CREATE_VCPU, id);
            assert_eq!(answer.err(), Some(Errno::EINVAL), "{id:#x}");
        }
    });
}

/// The maximum is `KVM_CAP_MAX_VCPUS`, whatever the ids.
#[test]
fn there_are_at_most_1024() {
    on_all(|device| {
        let vm = create(device.file(), KVM_CREATE_VM, 0).unwrap();
        for id in 0..1024 {
            // Only the VM still refers to the vCPU.
            drop(create(&vm, KVM_CREATE_VCPU, 3 * id).unwrap());
        }
        let answer = create(&vm, KVM_CREATE_VCPU, 1);
        assert_eq!(answer.err(), Some(Errno::EINVAL));
    });
}
