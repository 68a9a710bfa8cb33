// SPDX-License-Identifier: MIT OR Apache-2.0

//! A 32-bit program on the 64-bit kernel gets the same results.

use guest_tests::kvm::{Machine, Memory, PAGE, as_fd, on_all};
use guest_tests::{in_child, raw};
use hiboma::kvm::{
    KVM_CREATE_VCPU, KVM_CREATE_VM, KVM_GET_API_VERSION, KVM_GET_DIRTY_LOG, KVM_GET_REGS, KVM_RUN,
};
use kvm_bindings::KVM_MEM_LOG_DIRTY_PAGES;
use nix::errno::Errno;

#[test]
fn each_layer_answers() {
    on_all(|device| {
        // In a child process: a kernel without 32-bit system calls would kill it.
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
            // The VM has no memory to execute.
            assert_eq!(ask(KVM_RUN), Ok(0));
            assert_eq!(ask(KVM_CREATE_VM), Err(Errno::EINVAL));
        });
    });
}

/// A 32-bit program writes only 32 bits of a pointer; the field's upper half may hold anything.
#[test]
fn a_pointer_has_32_bits() {
    on_all(|device| {
        in_child(|| {
            let machine = Machine::new(device, &[]);
            machine.add_slot(0, KVM_MEM_LOG_DIRTY_PAGES, 0, &machine.memory);
            let memory = Memory::at(0x1000_0000, PAGE);
            // The bitmap is in the same page, after the structure.
            for upper in [[0; 4], [0xff; 4]] {
                memory.write(0, &[0; 8]);
                memory.write(8, &0x1000_0800_u32.to_le_bytes());
                memory.write(12, &upper);
                let vm = as_fd(&machine.vm);
                let answer = raw::compat_ioctl_with(vm, KVM_GET_DIRTY_LOG.into(), &memory);
                assert_eq!(answer, Ok(0), "{upper:?}");
            }
        });
    });
}
