// SPDX-License-Identifier: MIT OR Apache-2.0

//! What hiboma is not, on purpose: what KVM does where no other file of these tests asks.

use std::mem::offset_of;

use guest_tests::code;
use guest_tests::kvm::{Exit, Machine, Memory, PAGE, as_fd, call, on_both, set_region};
use kvm_bindings::{KVM_EXIT_IRQ_WINDOW_OPEN, kvm_run};
use nix::errno::Errno;

/// Runs a guest to its `hlt`, or, where the device differs, to what cannot be executed.
fn halts_unless(differs: bool, machine: &mut Machine) {
    let exit = machine.run();
    match differs {
        false => assert_eq!(exit, Ok(Exit::Halt)),
        true => assert!(
            matches!(exit, Ok(Exit::EmulationFailure { .. })),
            "{exit:?}"
        ),
    }
}

/// The rest of KVM's ioctls is as unknown as those that KVM has not.
#[test]
fn ioctls() {
    const KVM_GET_TSC_KHZ: u32 = 0xaea3;
    const KVM_SET_NR_MMU_PAGES: u32 = 0xae44;
    on_both(|device| {
        let machine = Machine::new(device, code!["hlt"]);
        let on_vcpu = call(as_fd(&machine.vcpu), KVM_GET_TSC_KHZ, 0);
        let on_vm = call(as_fd(&machine.vm), KVM_SET_NR_MMU_PAGES, 64);
        match device.differs("ioctls") {
            false => assert!(on_vcpu.is_ok() && on_vm == Ok(0)),
            true => assert_eq!([on_vcpu, on_vm], [Err(Errno::EINVAL), Err(Errno::ENOTTY)]),
        }
    });
}

#[test]
fn protected_mode() {
    on_both(|device| {
        let code = code!["mov eax, cr0", "or al, 1", "mov cr0, eax", "hlt"];
        let mut machine = Machine::new(device, code);
        halts_unless(device.differs("protected mode"), &mut machine);
    });
}

/// It can be set, but not run in.
#[test]
fn protected_mode_from_userspace() {
    on_both(|device| {
        let mut machine = Machine::new(device, code!["hlt"]);
        machine.change_sregs(|sregs| sregs.cr0 |= 1);
        halts_unless(device.differs("protected mode"), &mut machine);
    });
}

/// A processor knows more instructions than 1985's.
#[test]
fn instructions() {
    on_both(|device| {
        let mut machine = Machine::new(device, code!["fninit", "hlt"]);
        halts_unless(device.differs("instructions"), &mut machine);
    });
}

/// Why the hardware stopped is told behind the bytes, in words of 64 bits.
#[test]
fn what_else_is_told_of_an_internal_error() {
    on_both(|device| {
        let mut machine = Machine::new(device, code!["fld dword ptr [0x10]"]);
        machine.change_sregs(|sregs| sregs.ds.base = 0x20000);
        machine.run().unwrap();
        let ndata = machine
            .mapping
            .dword(offset_of!(kvm_run, __bindgen_anon_1) + 4);
        match device.differs("the data of an internal error") {
            false => assert!(ndata > 3),
            true => assert_eq!(ndata, 3),
        }
    });
}

#[test]
fn a_vector_table_in_no_slot() {
    on_both(|device| {
        let mut machine = Machine::new(device, code!["int3"]);
        machine.change_sregs(|sregs| sregs.idt.base = 0x20000);
        let exit = machine.run();
        match device.differs("a vector table or a stack in no slot") {
            false => assert_eq!(exit, Ok(Exit::InternalError { suberror: 3 })),
            true => assert!(
                matches!(
                    exit,
                    Ok(Exit::Read {
                        address: 0x2000c,
                        ..
                    })
                ),
                "{exit:?}"
            ),
        }
    });
}

#[test]
fn a_stack_in_no_slot() {
    on_both(|device| {
        let mut machine = Machine::new(device, code!["int3"]);
        machine.change_sregs(|sregs| sregs.ss.base = 0x20000);
        let exit = machine.run();
        match device.differs("a vector table or a stack in no slot") {
            false => assert_eq!(exit, Ok(Exit::InternalError { suberror: 3 })),
            true => assert!(matches!(exit, Ok(Exit::Write { .. })), "{exit:?}"),
        }
    });
}

/// `request_interrupt_window`: a program that wants to give an interrupt asks when it may.
#[test]
fn interrupts() {
    on_both(|device| {
        let mut machine = Machine::new(device, code!["sti", "nop", "nop", "hlt"]);
        machine
            .mapping
            .write(offset_of!(kvm_run, request_interrupt_window), &[1]);
        let exit = machine.run();
        match device.differs("interrupts") {
            false => assert_eq!(exit, Ok(Exit::Other(KVM_EXIT_IRQ_WINDOW_OPEN))),
            true => assert_eq!(exit, Ok(Exit::Halt)),
        }
    });
}

#[test]
fn an_interrupt_that_userspace_has_queued() {
    on_both(|device| {
        let machine = Machine::new(device, code!["hlt"]);
        machine.change_sregs(|sregs| sregs.interrupt_bitmap[0] = 1 << 32);
        let queued = machine.sregs().interrupt_bitmap[0];
        match device.differs("interrupts") {
            false => assert_eq!(queued, 1 << 32),
            true => assert_eq!(queued, 0),
        }
    });
}

/// A machine's addresses are as long as the host's.
#[test]
fn long_addresses() {
    on_both(|device| {
        let vm = device.open().create_vm().unwrap();
        let memory = Memory::new(PAGE);
        let answer = set_region(as_fd(&vm), 0, 0, 1 << 51, &memory);
        match device.differs("long addresses") {
            false => assert_eq!(answer, Err(Errno::EINVAL)),
            true => assert_eq!(answer, Ok(())),
        }
    });
}
