// SPDX-License-Identifier: MIT OR Apache-2.0

//! An ioctl number contains a direction and the size of a structure: a number
//! with another direction or size is another ioctl, and an unknown one.

use guest_tests::kvm::{BadPointer, Vcpu, as_fd, create, on_all, pass_bad};
use hiboma::kvm::*;
use nix::errno::Errno;

/// Returns similar numbers: two of another size, one of another direction, and `_IO()`.
fn mistaken(number: u32) -> [u32; 4] {
    [
        number ^ 1 << 16,
        number + (8 << 16),
        number ^ 3 << 30,
        number & 0xffff,
    ]
}

#[test]
fn a_number_of_another_size_or_direction_is_unknown() {
    on_all(|device| {
        let file = device.file();
        for number in [
            KVM_GET_MSR_INDEX_LIST,
            KVM_GET_MSR_FEATURE_INDEX_LIST,
            KVM_GET_SUPPORTED_CPUID,
            KVM_GET_EMULATED_CPUID,
            KVM_GET_MSRS,
        ] {
            for other in mistaken(number) {
                let answer = pass_bad(&file, other, BadPointer::Null);
                assert_eq!(answer, Err(Errno::EINVAL), "{other:#x}");
            }
        }

        let vm = create(&file, KVM_CREATE_VM, 0).unwrap();
        for number in [
            KVM_GET_DIRTY_LOG,
            KVM_SET_USER_MEMORY_REGION,
            KVM_SET_IDENTITY_MAP_ADDR,
            KVM_IOEVENTFD,
            KVM_SET_USER_MEMORY_REGION2,
            KVM_REGISTER_COALESCED_MMIO,
            KVM_UNREGISTER_COALESCED_MMIO,
            KVM_GET_CLOCK,
            KVM_SET_CLOCK,
        ] {
            for other in mistaken(number) {
                let answer = pass_bad(&vm, other, BadPointer::Null);
                assert_eq!(answer, Err(Errno::ENOTTY), "{other:#x}");
            }
        }

        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        for number in [
            KVM_GET_REGS,
            KVM_SET_REGS,
            KVM_GET_SREGS,
            KVM_SET_SREGS,
            KVM_SET_CPUID2,
            KVM_GET_CPUID2,
            KVM_GET_MP_STATE,
            KVM_SET_MP_STATE,
            KVM_TRANSLATE,
            KVM_INTERRUPT,
            KVM_GET_MSRS,
            KVM_SET_MSRS,
            KVM_SET_SIGNAL_MASK,
            KVM_GET_FPU,
            KVM_SET_FPU,
            KVM_SET_GUEST_DEBUG,
            KVM_GET_VCPU_EVENTS,
            KVM_SET_VCPU_EVENTS,
            KVM_GET_XSAVE,
            KVM_SET_XSAVE,
            KVM_GET_XSAVE2,
            KVM_GET_XCRS,
            KVM_SET_XCRS,
        ] {
            for other in mistaken(number) {
                let answer = pass_bad(as_fd(&vcpu), other, BadPointer::Null);
                assert_eq!(answer, Err(Errno::EINVAL), "{other:#x}");
            }
        }
    });
}
