// SPDX-License-Identifier: MIT OR Apache-2.0

//! `hlt` and `KVM_EXIT_HLT`; the other fields of `kvm_run` at an exit.

use std::mem::offset_of;

use guest_tests::code;
use guest_tests::kvm::{CODE, Exit, Machine, on_all};
use kvm_bindings::kvm_run;

/// Without an in-kernel interrupt controller, userspace waits for the interrupt.
#[test]
fn a_halted_guest_goes_on_when_it_is_run_again() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["hlt", "hlt", "out 0x10, al"]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rip, CODE + 1);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rip, CODE + 2);
        assert_eq!(machine.run(), Ok(Exit::out(0x10, &[0])));
    });
}

/// `if_flag` and `ready_for_interrupt_injection`.
#[test]
fn every_exit_tells_whether_interrupts_are_enabled() {
    on_all(|device| {
        let code = code!["hlt", "sti", "nop", "out 0x10, al", "hlt", "cli", "hlt"];
        let mut machine = Machine::new(device, code);
        for enabled in [0, 1, 1, 0] {
            machine.run().unwrap();
            let byte = |at| machine.mapping.byte(at);
            assert_eq!(byte(offset_of!(kvm_run, if_flag)), enabled);
            let ready = offset_of!(kvm_run, ready_for_interrupt_injection);
            assert_eq!(byte(ready), enabled);
        }
        assert_eq!(machine.regs().rip, CODE + 8);
    });
}

#[test]
fn every_exit_tells_cr8_and_the_apics_address() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["hlt", "hlt"]);
        let told = |machine: &Machine| {
            let run = machine.mapping.read(0, size_of::<kvm_run>());
            let at = |at: usize| u64::from_le_bytes(run[at..][..8].try_into().unwrap());
            (
                at(offset_of!(kvm_run, cr8)),
                at(offset_of!(kvm_run, apic_base)),
            )
        };
        assert_eq!(told(&machine), (0, 0));
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(told(&machine), (0, 0xfee0_0900));

        // Userspace also sets CR8 through `kvm_run`.
        machine.mapping.write(offset_of!(kvm_run, cr8), &[5]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(told(&machine), (5, 0xfee0_0900));
        assert_eq!(machine.sregs().cr8, 5);
    });
}

/// Neither `kvm_run` nor the pages after it contain old data.
#[test]
fn a_new_vcpus_kvm_run_is_zero() {
    on_all(|device| {
        let machine = Machine::new(device, code!["hlt"]);
        assert_eq!(machine.mapping.read(0, 0x3000), [0; 0x3000]);
    });
}
