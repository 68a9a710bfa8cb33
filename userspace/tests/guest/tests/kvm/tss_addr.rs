// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_SET_TSS_ADDR` and `KVM_SET_IDENTITY_MAP_ADDR`, which only Intel's first
//! CPUs with VMX need, for real mode: elsewhere they succeed and change nothing.

use guest_tests::code;
use guest_tests::kvm::{Exit, Machine, as_fd, call, create, on_all, pass};
use hiboma::kvm::{KVM_CREATE_VCPU, KVM_CREATE_VM, KVM_SET_IDENTITY_MAP_ADDR, KVM_SET_TSS_ADDR};
use nix::errno::Errno;

/// The TSS has three pages, which must end below 4 GiB.
#[test]
fn the_tss_must_end_below_4_gib() {
    on_all(|device| {
        let vm = create(device.file(), KVM_CREATE_VM, 0).unwrap();
        let check = || {
            for address in [0, 0xfffb_d000, 0xfffb_d001, 0xffff_d000] {
                assert_eq!(call(&vm, KVM_SET_TSS_ADDR, address), Ok(0), "{address:#x}");
            }
            for address in [0xffff_d001, 1 << 32, 1 << 63, u64::MAX] {
                let answer = call(&vm, KVM_SET_TSS_ADDR, address);
                assert_eq!(answer, Err(Errno::EINVAL), "{address:#x}");
            }
        };
        check();
        let _vcpu = create(&vm, KVM_CREATE_VCPU, 0).unwrap();
        check();
    });
}

#[test]
fn the_identity_map_must_be_set_before_the_first_vcpu() {
    on_all(|device| {
        let vm = create(device.file(), KVM_CREATE_VM, 0).unwrap();
        for address in [0, 1, 0xfffb_c000_u64, u64::MAX] {
            assert_eq!(pass(&vm, KVM_SET_IDENTITY_MAP_ADDR, address), Ok(0));
        }
        let _vcpu = create(&vm, KVM_CREATE_VCPU, 0).unwrap();
        for address in [0, 0xfffb_c000_u64] {
            let answer = pass(&vm, KVM_SET_IDENTITY_MAP_ADDR, address);
            assert_eq!(answer, Err(Errno::EINVAL));
        }
    });
}

/// The guest sees its own memory at that address.
#[test]
fn the_memory_there_is_the_guests() {
    on_all(|device| {
        let code = code!["mov byte ptr [0x3000], 5", "mov al, [0x3000]", "hlt"];
        let mut machine = Machine::new(device, code);
        assert_eq!(call(as_fd(&machine.vm), KVM_SET_TSS_ADDR, 0x3000), Ok(0));
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!((machine.regs().rax, machine.memory.byte(0x3000)), (5, 5));
    });
}
