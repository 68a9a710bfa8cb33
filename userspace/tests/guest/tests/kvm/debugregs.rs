// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_GET_DEBUGREGS` and `KVM_SET_DEBUGREGS`, and the debug registers' effect on a guest.

use guest_tests::code;
use guest_tests::kvm::{CODE, Exit, Machine, Vcpu, as_fd, on_all, pass};
use hiboma::kvm::KVM_SET_DEBUGREGS;
use kvm_bindings::kvm_debugregs;
use nix::errno::Errno;

#[test]
fn after_reset() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        let expected = kvm_debugregs {
            dr6: 0xffff_0ff0,
            dr7: 0x400,
            ..kvm_debugregs::default()
        };
        assert_eq!(vcpu.fd.get_debug_regs().unwrap(), expected);
    });
}

#[test]
fn what_is_set_is_got() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        let set = kvm_debugregs {
            db: [1, 2, u64::MAX, 1 << 63],
            dr6: 0xffff_ffff,
            dr7: 0xffff_ffff,
            ..kvm_debugregs::default()
        };
        vcpu.fd.set_debug_regs(&set).unwrap();
        assert_eq!(vcpu.fd.get_debug_regs().unwrap(), set);
        for wrong in [
            kvm_debugregs { flags: 1, ..set },
            kvm_debugregs {
                dr6: 1 << 32,
                ..set
            },
            kvm_debugregs {
                dr7: 1 << 32,
                ..set
            },
        ] {
            let answer = pass(as_fd(&vcpu), KVM_SET_DEBUGREGS, wrong);
            assert_eq!(answer, Err(Errno::EINVAL), "{wrong:x?}");
        }
        assert_eq!(vcpu.fd.get_debug_regs().unwrap(), set);
    });
}

/// Installs a handler for `#DB` (vector 1) at 0x2000.
fn with_handler(device: &guest_tests::kvm::Device, code: &[u8]) -> Machine {
    let machine = Machine::new(device, code);
    machine.memory.write(4, &[0, 0x20, 0, 0]);
    machine.memory.write(0x2000, code!["out 0x10, al"]);
    machine
}

/// The guest gets `#DB` before the instruction at its breakpoint.
#[test]
fn a_breakpoint_of_the_guest() {
    on_all(|device| {
        let mut machine = with_handler(device, code!["inc eax", "inc ebx", "hlt"]);
        let breakpoint = kvm_debugregs {
            db: [0, 0, CODE + 2, 0],
            dr6: 0xffff_0ff0,
            dr7: 0x400 | 1 << 4,
            ..kvm_debugregs::default()
        };
        machine.fd.set_debug_regs(&breakpoint).unwrap();
        assert_eq!(machine.run(), Ok(Exit::out(0x10, &[1])));
        assert_eq!(machine.regs().rbx, 0);
        assert_eq!(machine.fd.get_debug_regs().unwrap().dr6, 0xffff_0ff4);
    });
}

/// DR7 can also enable data breakpoints.
#[test]
fn a_watchpoint_of_the_guest() {
    on_all(|device| {
        let code = code!["mov byte ptr [0x3000], 1", "inc ebx", "hlt"];
        let mut machine = with_handler(device, code);
        // DR0 watches writes to one byte.
        let watchpoint = kvm_debugregs {
            db: [0x3000, 0, 0, 0],
            dr6: 0xffff_0ff0,
            dr7: 0x400 | 1 << 1 | 1 << 16,
            ..kvm_debugregs::default()
        };
        machine.fd.set_debug_regs(&watchpoint).unwrap();
        let exit = machine.run();
        match device.differs("watchpoints") {
            false => assert_eq!((exit, machine.regs().rbx), (Ok(Exit::out(0x10, &[0])), 0)),
            true => assert_eq!(exit, Ok(Exit::Halt)),
        }
    });
}

/// A single-step trap sets DR6.BS.
#[test]
fn a_trap_sets_bs() {
    on_all(|device| {
        let mut machine = with_handler(device, code!["inc eax", "hlt"]);
        machine.change_regs(|regs| regs.rflags |= 1 << 8);
        assert_eq!(machine.run(), Ok(Exit::out(0x10, &[1])));
        // DR6's other trap bits do not change.
        let dr6 = machine.fd.get_debug_regs().unwrap().dr6;
        assert_eq!(dr6 & 0xf000, 0x4000, "{dr6:#x}");
    });
}
