// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_SET_GUEST_DEBUG`, as a debugger uses it.

use guest_tests::code;
use guest_tests::kvm::{CODE, Exit, Machine, as_fd, on_all, pass};
use hiboma::kvm::KVM_SET_GUEST_DEBUG;
use kvm_bindings::{
    KVM_GUESTDBG_ENABLE, KVM_GUESTDBG_INJECT_BP, KVM_GUESTDBG_INJECT_DB, KVM_GUESTDBG_SINGLESTEP,
    KVM_GUESTDBG_USE_HW_BP, KVM_GUESTDBG_USE_SW_BP, kvm_guest_debug,
};
use nix::errno::Errno;

const STEP: u32 = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP;
const INT3: u32 = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP;
const TF: u64 = 1 << 8;

fn debug(machine: &Machine, control: u32, breakpoint: Option<u64>) -> nix::Result<()> {
    let mut it = kvm_guest_debug {
        control,
        ..kvm_guest_debug::default()
    };
    if let Some(address) = breakpoint {
        it.arch.debugreg[0] = address;
        it.arch.debugreg[7] = 0x402;
    }
    pass(as_fd(&machine.vcpu), KVM_SET_GUEST_DEBUG, it).map(drop)
}

/// Expects `KVM_EXIT_DEBUG` for `#DB`. DR6 may have bits of earlier breakpoints: they are masked out.
fn stopped(exit: nix::Result<Exit>, at: u64, breakpoints: u64) {
    let Ok(Exit::Debug {
        exception: 1,
        pc,
        dr6,
        dr7: 0x402,
    }) = exit
    else {
        panic!("{exit:?}");
    };
    assert_eq!((pc, dr6 & 0xffff_fff1), (at, 0xffff_0ff0 | breakpoints));
}

/// Expects `KVM_EXIT_DEBUG` for a single step.
fn stepped(exit: nix::Result<Exit>, to: u64) {
    let Ok(Exit::Debug {
        exception: 1,
        pc,
        dr6,
        dr7: 0x400,
    }) = exit
    else {
        panic!("{exit:?}");
    };
    assert_eq!((pc, dr6 & 0xffff_fff0), (to, 0xffff_4ff0));
}

#[test]
fn single_steps() {
    on_all(|device| {
        let code = code!["inc eax", "inc eax", "jmp 2f", "nop", "2: inc eax", "hlt"];
        let mut machine = Machine::new(device, code);
        debug(&machine, STEP, None).unwrap();
        for rip in [2, 4, 7, 9] {
            stepped(machine.run(), CODE + rip);
            // KVM hides its own TF from `KVM_GET_REGS`.
            assert_eq!(machine.regs().rflags & TF, 0);
        }
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rax, 3);
    });
}

#[test]
fn the_guest_goes_on_when_the_debugger_has_gone() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["inc eax", "inc eax", "hlt"]);
        debug(&machine, STEP, None).unwrap();
        stepped(machine.run(), CODE + 2);
        // Without `KVM_GUESTDBG_ENABLE`, KVM ignores the other flags.
        debug(&machine, KVM_GUESTDBG_SINGLESTEP, None).unwrap();
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rflags & TF, 0);
    });
}

/// The step ends after userspace has answered the port read.
#[test]
fn a_step_over_a_port() {
    on_all(|device| {
        let code = code!["in al, 0x10", "out 0x11, al", "hlt"];
        let mut machine = Machine::new(device, code);
        debug(&machine, STEP, None).unwrap();
        let wanted = Exit::In {
            port: 0x10,
            size: 1,
            count: 1,
        };
        assert_eq!(machine.run(), Ok(wanted));
        machine.answer(&[7]);
        let exit = machine.run();
        assert!(
            matches!(exit, Ok(Exit::Debug { pc, .. }) if pc == CODE + 2),
            "{exit:?}"
        );
        assert_eq!(machine.regs().rax, 7);
        assert_eq!(machine.run(), Ok(Exit::out(0x11, &[7])));
    });
}

/// `KVM_SET_REGS` at another RIP ends the stepping: a debugger requests each step.
#[test]
fn a_step_is_taken_where_it_was_asked_for() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["inc eax", "inc eax", "hlt"]);
        debug(&machine, STEP, None).unwrap();
        machine.change_regs(|regs| regs.rbx = 1);
        stepped(machine.run(), CODE + 2);
        machine.change_regs(|regs| regs.rbx = 2);
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

#[test]
fn an_int3_of_the_debugger() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["inc eax", "int3", "hlt"]);
        machine.memory.write(3 * 4, &[0, 0x20, 0, 0]);
        machine.memory.write(0x2000, code!["out 0x10, al"]);
        debug(&machine, INT3, None).unwrap();
        for _ in 0..2 {
            let exit = machine.run();
            if !device.differs("int3 on an emulated CPU") && exit == Ok(Exit::out(0x10, &[1])) {
                return;
            }
            assert!(
                matches!(exit, Ok(Exit::Debug { exception: 3, pc, .. }) if pc == CODE + 2),
                "{exit:?}"
            );
            assert_eq!(machine.regs().rip, CODE + 2);
        }
        // gdb also restores the original instruction.
        machine.memory.write(CODE as usize + 2, code!["nop"]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

/// Without `KVM_GUESTDBG_USE_SW_BP`, the guest handles its `int3`.
#[test]
fn an_int3_of_the_guest() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["int3", "hlt"]);
        machine.memory.write(3 * 4, &[0, 0x20, 0, 0]);
        machine.memory.write(0x2000, code!["out 0x10, al"]);
        debug(&machine, STEP & !KVM_GUESTDBG_SINGLESTEP, None).unwrap();
        assert_eq!(machine.run(), Ok(Exit::out(0x10, &[0])));
    });
}

#[test]
fn a_breakpoint_of_the_debugger() {
    on_all(|device| {
        let code = code!["2: inc eax", "cmp eax, 3", "jne 2b", "hlt"];
        let mut machine = Machine::new(device, code);
        let control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP;
        debug(&machine, control, Some(CODE)).unwrap();
        for eax in 0..3 {
            stopped(machine.run(), CODE, 1);
            assert_eq!(machine.regs().rax, eax);
            // RF suppresses the breakpoint for one instruction.
            machine.change_regs(|regs| regs.rflags |= 1 << 16);
        }
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rax, 3);
    });
}

#[test]
fn an_exception_that_the_debugger_injects() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["hlt"]);
        machine.memory.write(4, &[0, 0x20, 0, 0]);
        machine.memory.write(0x2000, code!["out 0x10, al"]);
        debug(&machine, KVM_GUESTDBG_INJECT_DB, None).unwrap();
        for control in [KVM_GUESTDBG_INJECT_DB, KVM_GUESTDBG_INJECT_BP] {
            assert_eq!(debug(&machine, control, None), Err(Errno::EBUSY));
        }
        assert_eq!(machine.run(), Ok(Exit::out(0x10, &[0])));
    });
}
