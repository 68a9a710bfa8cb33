// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_ENABLE_CAP`, on a VM and on a vCPU.

use std::os::fd::AsFd;

use guest_tests::kvm::{Exit, Machine, Mode, Vcpu, as_fd, call, create, on_all, on_hardware, pass};
use guest_tests::{code, code64};
use hiboma::kvm::{KVM_CHECK_EXTENSION, KVM_CREATE_VCPU, KVM_CREATE_VM, KVM_ENABLE_CAP};
use kvm_bindings::{
    KVM_CAP_ENFORCE_PV_FEATURE_CPUID, KVM_CAP_EXIT_ON_EMULATION_FAILURE, KVM_CAP_HALT_POLL,
    KVM_CAP_MAX_VCPU_ID, KVM_CAP_NR_VCPUS, KVM_CAP_SPLIT_IRQCHIP, kvm_enable_cap,
};
use nix::Result;
use nix::errno::Errno;

const EINVAL: Result<i32> = Err(Errno::EINVAL);

fn enable(fd: impl AsFd, cap: u32, argument: u64) -> Result<i32> {
    with_flags(fd, cap, argument, 0)
}

fn with_flags(fd: impl AsFd, cap: u32, argument: u64, flags: u32) -> Result<i32> {
    let it = kvm_enable_cap {
        cap,
        flags,
        // KVM reads only the first argument.
        args: [argument, u64::MAX, 1, 2],
        pad: [0xaa; 64],
    };
    pass(fd, KVM_ENABLE_CAP, it)
}

fn is_failure(exit: &Result<Exit>) -> bool {
    matches!(exit, Ok(Exit::EmulationFailure { .. }))
}

#[test]
fn the_capabilities_of_a_vm() {
    on_all(|device| {
        let vm = create(device.file(), KVM_CREATE_VM, 0).unwrap();
        for nanoseconds in [0, 1, 200_000, u32::MAX.into()] {
            assert_eq!(enable(&vm, KVM_CAP_HALT_POLL, nanoseconds), Ok(0));
        }
        assert_eq!(enable(&vm, KVM_CAP_HALT_POLL, 1 << 32), EINVAL);
        for on in [1, 0, 1] {
            assert_eq!(enable(&vm, KVM_CAP_EXIT_ON_EMULATION_FAILURE, on), Ok(0));
        }
        for other in [2, 1 << 32 | 1, u64::MAX] {
            let answer = enable(&vm, KVM_CAP_EXIT_ON_EMULATION_FAILURE, other);
            assert_eq!(answer, EINVAL, "{other:#x}");
        }
        for cap in [
            KVM_CAP_HALT_POLL,
            KVM_CAP_EXIT_ON_EMULATION_FAILURE,
            KVM_CAP_MAX_VCPU_ID,
        ] {
            assert_eq!(with_flags(&vm, cap, 1, 1), EINVAL, "{cap}");
            assert_eq!(with_flags(&vm, cap, 1, 1 << 31), EINVAL, "{cap}");
        }
    });
}

/// Capabilities that a VM cannot enable: those that are always on, per-vCPU ones, and unknown ones.
#[test]
fn other_capabilities_of_a_vm() {
    on_all(|device| {
        let vm = create(device.file(), KVM_CREATE_VM, 0).unwrap();
        for cap in [
            0,
            KVM_CAP_NR_VCPUS,
            KVM_CAP_ENFORCE_PV_FEATURE_CPUID,
            4000,
            u32::MAX,
        ] {
            assert_eq!(enable(&vm, cap, 0), EINVAL, "{cap}");
        }
        let expected = match device.differs("capabilities") {
            false => Ok(0),
            true => EINVAL,
        };
        assert_eq!(enable(&vm, KVM_CAP_SPLIT_IRQCHIP, 24), expected);
    });
}

#[test]
fn the_capabilities_of_a_vcpu() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        let fd = as_fd(&vcpu);
        for on in [1, 0, u64::MAX] {
            assert_eq!(enable(fd, KVM_CAP_ENFORCE_PV_FEATURE_CPUID, on), Ok(0));
        }
        assert_eq!(
            with_flags(fd, KVM_CAP_ENFORCE_PV_FEATURE_CPUID, 1, 1),
            EINVAL
        );
        for cap in [
            0,
            KVM_CAP_HALT_POLL,
            KVM_CAP_EXIT_ON_EMULATION_FAILURE,
            KVM_CAP_MAX_VCPU_ID,
            4000,
        ] {
            assert_eq!(enable(fd, cap, 0), EINVAL, "{cap}");
        }
    });
}

#[test]
fn the_largest_id_of_a_vcpu_can_be_set_once() {
    on_all(|device| {
        let vm = create(device.file(), KVM_CREATE_VM, 0).unwrap();
        let limit = |limit| enable(&vm, KVM_CAP_MAX_VCPU_ID, limit);
        assert_eq!(limit(4097), EINVAL);
        assert_eq!(limit(1 << 32), EINVAL);
        assert_eq!(limit(0), Ok(0));
        assert_eq!(limit(3), Ok(0));
        assert_eq!(limit(3), Ok(0));
        for other in [0, 2, 4, 4096] {
            assert_eq!(limit(other), EINVAL, "{other}");
        }
        let maximum = call(&vm, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPU_ID.into());
        assert_eq!(maximum, Ok(4096));

        let vcpu = |id| create(&vm, KVM_CREATE_VCPU, id);
        assert_eq!(vcpu(3).unwrap_err(), Errno::EINVAL);
        let _vcpu = vcpu(2).unwrap();
        assert_eq!(limit(3), Ok(0));
        assert_eq!(vcpu(2).unwrap_err(), Errno::EEXIST);
    });
}

/// An id of 4096 or more fails before it sets the limit.
#[test]
fn the_first_vcpu_sets_the_largest_id() {
    on_all(|device| {
        for id in [0, 4095] {
            let vm = create(device.file(), KVM_CREATE_VM, 0).unwrap();
            let _vcpu = create(&vm, KVM_CREATE_VCPU, id).unwrap();
            assert_eq!(enable(&vm, KVM_CAP_MAX_VCPU_ID, 8), EINVAL);
            assert_eq!(enable(&vm, KVM_CAP_MAX_VCPU_ID, 4096), Ok(0));
        }
        let vm = create(device.file(), KVM_CREATE_VM, 0).unwrap();
        create(&vm, KVM_CREATE_VCPU, 4096).unwrap_err();
        assert_eq!(enable(&vm, KVM_CAP_MAX_VCPU_ID, 8), Ok(0));
        create(&vm, KVM_CREATE_VCPU, 8).unwrap_err();
        assert_eq!(enable(&vm, KVM_CAP_MAX_VCPU_ID, 9), EINVAL);
    });
}

/// The emulator cannot load an x87 register from MMIO.
#[test]
fn an_emulation_failure_without_an_exception() {
    on_all(|device| {
        for enabled in [false, true] {
            let mut machine = Machine::new(device, code!["fld dword ptr [0x10]"]);
            machine.memory.write(6 * 4, &0x1800_u32.to_le_bytes());
            machine.memory.write(0x1800, code!["hlt"]);
            machine.change_sregs(|sregs| sregs.ds.base = 0x20000);
            let cap = KVM_CAP_EXIT_ON_EMULATION_FAILURE;
            assert_eq!(enable(as_fd(&machine.vm), cap, enabled.into()), Ok(0));
            let exit = machine.run();
            assert!(is_failure(&exit), "{exit:?}");
            // Userspace did not skip the instruction: KVM retries it, or has injected #UD.
            let exit = machine.run();
            match enabled {
                false => assert_eq!(exit, Ok(Exit::Halt)),
                true => assert!(is_failure(&exit), "{exit:?}"),
            }
        }
    });
}

/// In user mode the guest gets #UD, here without a handler; with the capability userspace is told.
#[test]
fn an_emulation_failure_of_a_user() {
    on_hardware(|device| {
        for enabled in [false, true] {
            let code = code64!["fld dword ptr [rbx]"];
            let mut machine = Machine::in_mode(device, Mode::Long, code);
            machine.change_sregs(|sregs| {
                for segment in [&mut sregs.cs, &mut sregs.ss] {
                    segment.dpl = 3;
                    segment.selector |= 3;
                }
                sregs.idt.limit = 0;
            });
            machine.change_regs(|regs| regs.rbx = 0x4000_0000);
            let cap = KVM_CAP_EXIT_ON_EMULATION_FAILURE;
            assert_eq!(enable(as_fd(&machine.vm), cap, enabled.into()), Ok(0));
            let exit = machine.run();
            match enabled {
                false => assert_eq!(exit, Ok(Exit::Shutdown)),
                true => assert!(is_failure(&exit), "{exit:?}"),
            }
        }
    });
}
