// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_GET_REGS` and `KVM_SET_REGS`.

use guest_tests::kvm::{Vcpu, on_all};
use kvm_bindings::kvm_regs;

/// As after a reset, with an early CPU's family in EDX, because its CPUID is not set.
#[test]
fn at_reset_rip_is_16_bytes_before_64_kib() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let reset = kvm_regs {
            rip: 0xfff0,
            rflags: 2,
            rdx: 0x600,
            ..kvm_regs::default()
        };
        // The first vCPU and the others alike.
        for id in [0, 1, 77] {
            assert_eq!(Vcpu::create(&vm, id).regs(), reset);
        }
    });
}

#[test]
fn all_64_bits_of_each_are_kept() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        let distinct = |n: u64| 0x0123_4567_89ab_cde0_u64.rotate_left(4 * n as u32) ^ n;
        let regs = kvm_regs {
            rax: distinct(0),
            rbx: distinct(1),
            rcx: distinct(2),
            rdx: distinct(3),
            rsi: distinct(4),
            rdi: distinct(5),
            rsp: distinct(6),
            rbp: distinct(7),
            r8: distinct(8),
            r9: distinct(9),
            r10: distinct(10),
            r11: distinct(11),
            r12: distinct(12),
            r13: distinct(13),
            r14: distinct(14),
            r15: distinct(15),
            rip: distinct(16),
            rflags: 0x0cd7,
        };
        vcpu.change_regs(|all| *all = regs);
        assert_eq!(vcpu.regs(), regs);
    });
}

/// KVM checks nothing, but sets the one bit of RFLAGS that is always 1.
#[test]
fn nothing_is_refused() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        vcpu.change_regs(|regs| regs.rflags = 0);
        assert_eq!(vcpu.regs().rflags, 2);
        vcpu.change_regs(|regs| {
            regs.rflags = u64::MAX;
            regs.rip = u64::MAX;
        });
        assert_eq!(vcpu.regs().rflags, u64::MAX);
        assert_eq!(vcpu.regs().rip, u64::MAX);
    });
}

/// Setting one vCPU's registers does not change another's.
#[test]
fn each_vcpu_has_its_own() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let (one, other) = (Vcpu::create(&vm, 0), Vcpu::create(&vm, 1));
        one.change_regs(|regs| regs.rax = 1);
        other.change_regs(|regs| regs.rax = 2);
        assert_eq!((one.regs().rax, other.regs().rax), (1, 2));
    });
}
