// SPDX-License-Identifier: MIT OR Apache-2.0

//! Passes every kind of bad pointer to every ioctl that takes a
//! pointer: each call returns `EFAULT` and has no other effect.

use std::os::fd::AsFd;

use guest_tests::kvm::{BadPointer, Device, Vcpu, as_fd, create, on_all, pass_bad, pass_header};
use hiboma::kvm::*;
use nix::errno::Errno;

fn unreadable(fd: impl AsFd, number: u32) {
    for pointer in BadPointer::UNREADABLE {
        let answer = pass_bad(fd.as_fd(), number, pointer);
        assert_eq!(answer, Err(Errno::EFAULT), "{number:#x}: {pointer:?}");
    }
}

fn unwritable(fd: impl AsFd, number: u32) {
    unreadable(fd.as_fd(), number);
    let answer = pass_bad(fd, number, BadPointer::ReadOnly);
    assert_eq!(answer, Err(Errno::EFAULT), "{number:#x}");
}

#[test]
fn on_the_device() {
    without_a_trace(|device| {
        let file = device.file();
        unreadable(&file, KVM_GET_SUPPORTED_CPUID);
        unreadable(&file, KVM_GET_EMULATED_CPUID);
        unreadable(&file, KVM_GET_MSR_INDEX_LIST);
        unreadable(&file, KVM_GET_MSR_FEATURE_INDEX_LIST);
        unreadable(&file, KVM_GET_MSRS);
    });
}

#[test]
fn on_a_machine() {
    without_a_trace(|device| {
        let vm = create(device.file(), KVM_CREATE_VM, 0).unwrap();
        unreadable(&vm, KVM_SET_USER_MEMORY_REGION);
        unreadable(&vm, KVM_GET_DIRTY_LOG);
        unreadable(&vm, KVM_SET_IDENTITY_MAP_ADDR);
        unreadable(&vm, KVM_IOEVENTFD);
        unreadable(&vm, KVM_SET_USER_MEMORY_REGION2);
        unreadable(&vm, KVM_REGISTER_COALESCED_MMIO);
        unreadable(&vm, KVM_UNREGISTER_COALESCED_MMIO);
        unwritable(&vm, KVM_GET_CLOCK);
        unreadable(&vm, KVM_SET_CLOCK);
        unreadable(&vm, KVM_ENABLE_CAP);
    });
}

#[test]
fn on_a_vcpu() {
    without_a_trace(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        vcpu.change_regs(|regs| regs.r15 = 77);
        let before = (vcpu.regs(), vcpu.sregs());
        let fd = as_fd(&vcpu);
        unwritable(fd, KVM_GET_REGS);
        unreadable(fd, KVM_SET_REGS);
        unwritable(fd, KVM_GET_SREGS);
        unreadable(fd, KVM_SET_SREGS);
        unwritable(fd, KVM_GET_MP_STATE);
        unreadable(fd, KVM_SET_MP_STATE);
        unreadable(fd, KVM_ENABLE_CAP);
        unreadable(fd, KVM_SET_CPUID2);
        unwritable(fd, KVM_GET_CPUID2);
        unwritable(fd, KVM_TRANSLATE);
        unreadable(fd, KVM_INTERRUPT);
        unreadable(fd, KVM_GET_MSRS);
        unreadable(fd, KVM_SET_MSRS);
        unwritable(fd, KVM_GET_FPU);
        unreadable(fd, KVM_SET_FPU);
        unreadable(fd, KVM_SET_GUEST_DEBUG);
        unwritable(fd, KVM_GET_VCPU_EVENTS);
        unreadable(fd, KVM_SET_VCPU_EVENTS);
        unwritable(fd, KVM_GET_DEBUGREGS);
        unreadable(fd, KVM_SET_DEBUGREGS);
        unwritable(fd, KVM_GET_XSAVE);
        unwritable(fd, KVM_GET_XSAVE2);
        unreadable(fd, KVM_SET_XSAVE);
        unwritable(fd, KVM_GET_XCRS);
        unreadable(fd, KVM_SET_XCRS);
        assert_eq!((vcpu.regs(), vcpu.sregs()), before);
    });
}

/// The header of the list is readable, its entries are not.
#[test]
fn half_a_list() {
    without_a_trace(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        let answer = pass_header(as_fd(&vcpu), KVM_SET_CPUID2, 1);
        assert_eq!(answer, Err(Errno::EFAULT));
        for number in [KVM_GET_MSRS, KVM_SET_MSRS] {
            let answer = pass_header(as_fd(&vcpu), number, 1);
            assert_eq!(answer, Err(Errno::EFAULT));
        }
        let answer = pass_header(device.file(), KVM_GET_SUPPORTED_CPUID, 256);
        assert_eq!(answer, Err(Errno::EFAULT));
        assert_eq!(vcpu.fd.get_cpuid2(256).unwrap().as_slice(), &[]);
    });
}

/// Checks that a failed call leaks no module reference.
fn without_a_trace(test: impl Fn(&Device)) {
    on_all(|device| {
        let references = device.module.references();
        test(device);
        assert_eq!(device.module.references(), references);
    });
}
