// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_RUN`: its errors, and what interrupts it.

use std::mem::offset_of;
use std::thread;

use guest_tests::code;
use guest_tests::kvm::{CODE, Device, Exit, Machine, Signal, as_fd, call, on_all};
use hiboma::kvm::KVM_RUN;
use kvm_bindings::{KVM_EXIT_INTR, kvm_run};
use nix::errno::Errno;

/// Not an exit reason of KVM.
const UNTOUCHED: [u8; 4] = [0x77; 4];

/// Creates a guest that sets a flag at 0x3000, then counts in ECX forever.
fn endless(device: &Device) -> Machine {
    let code = code!["mov byte ptr [0x3000], 1", "2: inc ecx", "jmp 2b"];
    Machine::new(device, code)
}

/// Waits until the guest has set its flag.
fn wait(machine: &guest_tests::kvm::Memory) {
    while machine.byte(0x3000) == 0 {
        thread::yield_now();
    }
}

#[test]
fn it_takes_no_argument() {
    on_all(|device| {
        let machine = Machine::new(device, code!["hlt"]);
        let reason = offset_of!(kvm_run, exit_reason);
        machine.mapping.write(reason, &UNTOUCHED);
        for argument in [1, 1 << 32, u64::MAX] {
            let answer = call(as_fd(&machine.vcpu), KVM_RUN, argument);
            assert_eq!(answer, Err(Errno::EINVAL), "{argument:#x}");
        }
        assert_eq!(machine.mapping.read(reason, 4), UNTOUCHED);
        assert_eq!(machine.regs().rip, CODE);
    });
}

#[test]
fn immediate_exit_is_eintr_before_anything() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["hlt"]);
        let reason = offset_of!(kvm_run, exit_reason);
        machine.mapping.write(reason, &UNTOUCHED);
        machine.immediate_exit(1);
        assert_eq!(machine.run(), Err(Errno::EINTR));
        // Any value other than 0 counts.
        machine.immediate_exit(0x80);
        assert_eq!(machine.run(), Err(Errno::EINTR));
        assert_eq!(machine.mapping.read(reason, 4), UNTOUCHED);
        assert_eq!(machine.regs().rip, CODE);
        machine.immediate_exit(0);
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

/// Even with `SA_RESTART`: userspace must call `KVM_RUN` again.
#[test]
fn a_guest_that_loops_for_ever_is_interrupted_by_a_signal() {
    on_all(|device| {
        let mut machine = endless(device);
        let signal = Signal::to_this_thread();
        let mut before = 0;
        for _ in 0..3 {
            machine.memory.write(0x3000, &[0]);
            machine.change_regs(|regs| regs.rip = CODE);
            thread::scope(|scope| {
                let (memory, run) = (&machine.memory, &mut machine.vcpu);
                scope.spawn(move || {
                    wait(memory);
                    signal.send();
                });
                assert_eq!(run.run(), Err(Errno::EINTR));
            });
            assert_eq!(machine.exit_reason(), KVM_EXIT_INTR);
            let regs = machine.regs();
            assert!((CODE + 5..CODE + 9).contains(&regs.rip), "{regs:x?}");
            assert!(regs.rcx >= before, "{regs:x?}");
            before = regs.rcx;
        }
    });
}

/// Once unblocked, the pending signal is handled before the next `KVM_RUN`.
#[test]
fn a_blocked_signal_does_not_interrupt() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["hlt", "hlt"]);
        let signal = Signal::to_this_thread();
        signal.blocked(|| {
            signal.send();
            assert_eq!(machine.run(), Ok(Exit::Halt));
        });
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

/// `KVM_RUN` reads it only at its start.
#[test]
fn immediate_exit_does_not_stop_a_running_guest() {
    on_all(|device| {
        let code = code![
            "mov byte ptr [0x3000], 1",
            "2: cmp byte ptr [0x3001], 0",
            "je 2b",
            "hlt",
        ];
        let mut machine = Machine::new(device, code);
        thread::scope(|scope| {
            let (memory, mapping) = (&machine.memory, &machine.vcpu.mapping);
            let fd = &mut machine.vcpu.fd;
            scope.spawn(move || {
                wait(memory);
                mapping.write(offset_of!(kvm_run, immediate_exit), &[1]);
                memory.write(0x3001, &[1]);
            });
            fd.run().unwrap();
        });
        assert_eq!(machine.run(), Err(Errno::EINTR));
    });
}

/// KVM reads no other field of `kvm_run`, so they may contain anything.
#[test]
fn garbage_in_kvm_run_does_no_harm() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["in al, 0x10", "hlt"]);
        let fill = |machine: &Machine| {
            machine
                .mapping
                .write(offset_of!(kvm_run, exit_reason), &[0xee; 8]);
            machine
                .mapping
                .write(offset_of!(kvm_run, apic_base), &[0xee; 264]);
        };
        fill(&machine);
        assert!(matches!(machine.run(), Ok(Exit::In { .. })));
        machine.answer(&[0x5a]);
        fill(&machine);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rax, 0x5a);
    });
}

/// `kvm_valid_regs`, `kvm_dirty_regs` and `cr8` are validated.
#[test]
fn what_kvm_run_asks_for_must_exist() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["hlt", "hlt"]);
        for (at, bad) in [
            (
                offset_of!(kvm_run, kvm_valid_regs),
                [8, 0, 0, 0, 0, 0, 0, 0],
            ),
            (
                offset_of!(kvm_run, kvm_dirty_regs),
                [0x80, 0, 0, 0, 0, 0, 0, 0],
            ),
            (
                offset_of!(kvm_run, kvm_dirty_regs),
                [0, 0, 0, 0, 0, 0, 0, 1],
            ),
            (offset_of!(kvm_run, cr8), [16, 0, 0, 0, 0, 0, 0, 0]),
            (offset_of!(kvm_run, cr8), [0, 0, 0, 0, 0, 0, 0, 1]),
        ] {
            machine.mapping.write(at, &bad);
            assert_eq!(machine.run(), Err(Errno::EINVAL), "{at}: {bad:?}");
            machine.mapping.write(at, &[0; 8]);
        }
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}
