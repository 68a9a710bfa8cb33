// SPDX-License-Identifier: MIT OR Apache-2.0

//! A 32-bit program on the 64-bit kernel gets the same answers.

use guest_tests::kvm::{as_fd, on_both};
use guest_tests::{in_child, raw};
use hiboma::kvm::{KVM_CREATE_VCPU, KVM_CREATE_VM, KVM_GET_API_VERSION, KVM_GET_REGS, KVM_RUN};
use nix::errno::Errno;

#[test]
fn each_layer_answers() {
    on_both(|device| {
        // In a child, since it would be killed where the kernel takes no 32-bit system calls.
        in_child(|| {
            let file = device.file();
            let ask = |number: u32| raw::compat_ioctl(&file, number.into());
            assert_eq!(ask(KVM_GET_API_VERSION), Ok(12));
            assert!(ask(KVM_CREATE_VM).is_ok());
            assert_eq!(ask(KVM_RUN), Err(Errno::EINVAL));

            let vm = device.open().create_vm().unwrap();
            let ask = |number: u32| raw::compat_ioctl(as_fd(&vm), number.into());
            assert!(ask(KVM_CREATE_VCPU).is_ok());
            assert_eq!(ask(KVM_CREATE_VCPU), Err(Errno::EEXIST));
            assert_eq!(ask(KVM_RUN), Err(Errno::ENOTTY));

            let vcpu = vm.create_vcpu(1).unwrap();
            let ask = |number: u32| raw::compat_ioctl(as_fd(&vcpu), number.into());
            assert_eq!(ask(KVM_GET_REGS), Err(Errno::EFAULT));
            // There is no memory to run in.
            assert_eq!(ask(KVM_RUN), Ok(0));
            assert_eq!(ask(KVM_CREATE_VM), Err(Errno::EINVAL));
        });
    });
}
