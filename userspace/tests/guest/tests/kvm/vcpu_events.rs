// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_GET_VCPU_EVENTS` and `KVM_SET_VCPU_EVENTS`: events that wait for delivery.

use std::mem::offset_of;

use guest_tests::code;
use guest_tests::kvm::{Device, Exit, Machine, Memory, PAGE, Vcpu, as_fd, call, on_all, pass};
use hiboma::kvm::{KVM_INTERRUPT, KVM_NMI, KVM_SET_GUEST_DEBUG, KVM_SET_VCPU_EVENTS};
use kvm_bindings::{
    KVM_GUESTDBG_INJECT_BP, KVM_VCPUEVENT_VALID_NMI_PENDING, KVM_VCPUEVENT_VALID_SHADOW,
    KVM_VCPUEVENT_VALID_SMM, kvm_guest_debug, kvm_run, kvm_vcpu_events,
};
use nix::errno::Errno;

fn events(vcpu: &Vcpu) -> kvm_vcpu_events {
    vcpu.fd.get_vcpu_events().unwrap()
}

fn set(vcpu: &Vcpu, change: impl FnOnce(&mut kvm_vcpu_events)) -> nix::Result<()> {
    let mut events = events(vcpu);
    change(&mut events);
    pass(as_fd(vcpu), KVM_SET_VCPU_EVENTS, events).map(drop)
}

/// Creates a VM with handlers for these five vectors: each writes to the port of its number.
fn machine(device: &Device, code: &[u8]) -> Machine {
    let machine = Machine::new(device, code);
    for (vector, handler) in [
        (0, code!["out 0, al", "iret"]),
        (2, code!["out 2, al", "iret"]),
        (6, code!["out 6, al", "iret"]),
        (13, code!["out 13, al", "iret"]),
        (0x20, code!["out 0x20, al", "iret"]),
    ] {
        let address = 0x2000 + 0x10 * vector;
        machine
            .memory
            .write(4 * vector, &(address as u32).to_le_bytes());
        machine.memory.write(address, handler);
    }
    machine
}

fn told(port: u16) -> nix::Result<Exit> {
    Ok(Exit::out(port, &[0]))
}

#[test]
fn nothing_waits_at_first() {
    on_all(|device| {
        let machine = machine(device, code!["hlt"]);
        let expected = kvm_vcpu_events {
            flags: KVM_VCPUEVENT_VALID_NMI_PENDING
                | KVM_VCPUEVENT_VALID_SHADOW
                | KVM_VCPUEVENT_VALID_SMM,
            ..kvm_vcpu_events::default()
        };
        assert_eq!(events(&machine), expected);
    });
}

#[test]
fn what_was_queued_is_told() {
    on_all(|device| {
        let machine = machine(device, code!["hlt"]);
        pass(as_fd(&machine.vcpu), KVM_INTERRUPT, 0x20u32).unwrap();
        call(as_fd(&machine.vcpu), KVM_NMI, 0).unwrap();
        let told = events(&machine);
        assert_eq!((told.interrupt.injected, told.interrupt.nr), (1, 0x20));
        assert_eq!(
            (told.nmi.pending, told.nmi.injected, told.nmi.masked),
            (1, 0, 0)
        );
        // A migration sets the events that it has read.
        set(&machine, |_| ()).unwrap();
        assert_eq!(events(&machine), told);
    });
}

#[test]
fn an_nmi_is_masked_in_its_handler() {
    on_all(|device| {
        let mut machine = machine(device, code!["out 0x10, al"]);
        call(as_fd(&machine.vcpu), KVM_NMI, 0).unwrap();
        assert_eq!(machine.run(), told(2));
        assert_eq!(events(&machine).nmi.masked, 1);
        assert_eq!(machine.run(), told(0x10));
        assert_eq!(events(&machine).nmi.masked, 0);
    });
}

#[test]
fn userspace_masks_nmis() {
    on_all(|device| {
        let mut machine = machine(device, code!["out 0x10, al", "hlt"]);
        set(&machine, |events| {
            events.nmi.masked = 1;
            events.nmi.pending = 1;
        })
        .unwrap();
        assert_eq!(machine.run(), told(0x10));
        assert_eq!(events(&machine).nmi.pending, 1);
        set(&machine, |events| events.nmi.masked = 0).unwrap();
        assert_eq!(machine.run(), told(2));
    });
}

#[test]
fn an_exception_is_delivered() {
    on_all(|device| {
        for vector in [0, 6, 13] {
            let mut machine = machine(device, code!["hlt"]);
            set(&machine, |events| {
                events.exception.injected = 1;
                events.exception.nr = vector;
            })
            .unwrap();
            assert_eq!(machine.run(), told(vector.into()));
            assert_eq!(events(&machine).exception.injected, 0);
        }
    });
}

/// The guest has touched all memory before, so the handler's `out` is the first exit.
#[test]
fn an_exception_is_delivered_once() {
    on_all(|device| {
        let mut machine = machine(device, code!["int 6", "out 0x10, al", "hlt"]);
        assert_eq!([0; 2].map(|_| machine.run()), [told(6), told(0x10)]);
        set(&machine, |events| {
            events.exception.injected = 1;
            events.exception.nr = 6;
        })
        .unwrap();
        assert_eq!(machine.run(), told(6));
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

#[test]
fn no_exceptions() {
    on_all(|device| {
        let machine = machine(device, code!["hlt"]);
        for nr in [2, 32, 255] {
            let answer = set(&machine, |events| {
                events.exception.injected = 1;
                events.exception.nr = nr;
            });
            assert_eq!(answer, Err(Errno::EINVAL), "{nr}");
        }
        for flags in [1 << 4, 1 << 5, 1 << 6, 1 << 31] {
            let answer = set(&machine, |events| events.flags |= flags);
            assert_eq!(answer, Err(Errno::EINVAL), "{flags:#x}");
        }
    });
}

/// The exception is delivered first, and the interrupt is lost:
/// userspace has not checked `ready_for_interrupt_injection`.
#[test]
fn an_exception_and_an_interrupt() {
    on_all(|device| {
        let mut machine = machine(device, code!["out 0x10, al", "hlt"]);
        set(&machine, |events| {
            events.exception.injected = 1;
            events.exception.nr = 6;
            events.interrupt.injected = 1;
            events.interrupt.nr = 0x20;
        })
        .unwrap();
        assert_eq!(machine.run(), told(6));
        assert_eq!(events(&machine).interrupt.injected, 0);
        assert_eq!(machine.run(), told(0x10));
    });
}

#[test]
fn an_nmi_and_an_interrupt() {
    on_all(|device| {
        let mut machine = machine(device, code!["out 0x10, al", "hlt"]);
        pass(as_fd(&machine.vcpu), KVM_INTERRUPT, 0x20u32).unwrap();
        call(as_fd(&machine.vcpu), KVM_NMI, 0).unwrap();
        let exits = [0; 3].map(|_| machine.run());
        assert_eq!(exits, [told(2), told(0x20), told(0x10)]);
    });
}

#[test]
fn the_interrupt_shadow() {
    on_all(|device| {
        let machine = machine(device, code!["hlt"]);
        set(&machine, |events| events.interrupt.shadow = 1).unwrap();
        assert_eq!(events(&machine).interrupt.shadow, 3);
        // KVM reads the field only if its flag is set.
        set(&machine, |events| {
            events.interrupt.shadow = 0;
            events.flags = 0;
        })
        .unwrap();
        assert_eq!(events(&machine).interrupt.shadow, 3);
        set(&machine, |events| events.interrupt.shadow = 0).unwrap();
        assert_eq!(events(&machine).interrupt.shadow, 0);
    });
}

/// System management mode.
#[test]
fn smm() {
    on_all(|device| {
        let machine = machine(device, code!["hlt"]);
        let answer = set(&machine, |events| events.smi.pending = 1);
        match device.differs("system management mode") {
            false => assert_eq!(answer, Ok(())),
            true => assert_eq!(answer, Err(Errno::EINVAL)),
        }
    });
}

/// Page faults, for example.
#[test]
fn exceptions_of_protected_mode() {
    on_all(|device| {
        let machine = machine(device, code!["hlt"]);
        let answer = set(&machine, |events| {
            events.exception.injected = 1;
            events.exception.nr = 14;
        });
        match device.differs("exceptions that real mode does not have") {
            false => assert_eq!(answer, Ok(())),
            true => assert_eq!(answer, Err(Errno::EINVAL)),
        }
    });
}

/// Takes the page of the stack away, so that no event can be delivered. Returns its address.
fn without_stack(machine: &Machine) -> u64 {
    let memory = Memory::new(PAGE);
    machine.add_slot(1, 0, 0x20000, &memory);
    machine.change_sregs(|sregs| sregs.ss.base = 0x20000);
    machine.change_regs(|regs| regs.rsp = 0x800);
    memory.address()
}

/// An exception whose delivery has begun comes before events that userspace has queued since. An
/// NMI interrupts the first instruction of its handler; an interrupt is lost.
#[test]
fn an_exception_whose_delivery_failed() {
    on_all(|device| {
        for with_nmi in [true, false] {
            let mut machine = machine(device, code!["ud2"]);
            let stack = without_stack(&machine);
            machine.change_regs(|regs| regs.rflags |= 1 << 9);
            assert_eq!(machine.run(), Err(Errno::EFAULT));
            let ready = offset_of!(kvm_run, ready_for_interrupt_injection);
            assert_eq!(machine.mapping.byte(ready), 0);
            let _stack = Memory::at(stack, PAGE);
            match with_nmi {
                true => call(as_fd(&machine.vcpu), KVM_NMI, 0).unwrap(),
                false => pass(as_fd(&machine.vcpu), KVM_INTERRUPT, 0x20u32).unwrap(),
            };
            let exits = [0; 2].map(|_| machine.run());
            match with_nmi {
                true => assert_eq!(exits, [told(2), told(6)]),
                false => assert_eq!(exits, [told(6), told(6)]),
            }
        }
    });
}

/// KVM sets RF for a fault that it raises, so that the instruction's breakpoint does not occur
/// again; not for a trap, nor for an exception that userspace has injected.
#[test]
fn rf_of_an_exception() {
    const RF: u64 = 1 << 16;
    on_all(|device| {
        for vector in [0, 6, 13] {
            let mut machine = machine(device, code!["nop", "hlt"]);
            without_stack(&machine);
            set(&machine, |events| {
                events.exception.injected = 1;
                events.exception.nr = vector;
            })
            .unwrap();
            assert_eq!(machine.run(), Err(Errno::EFAULT));
            assert_eq!(machine.regs().rflags & RF, 0, "{vector}");
        }
        let mut machine = machine(device, code!["int3", "hlt"]);
        without_stack(&machine);
        let debug = kvm_guest_debug {
            control: KVM_GUESTDBG_INJECT_BP,
            ..kvm_guest_debug::default()
        };
        pass(as_fd(&machine.vcpu), KVM_SET_GUEST_DEBUG, debug).unwrap();
        assert_eq!(machine.run(), Err(Errno::EFAULT));
        assert_eq!(machine.regs().rflags & RF, 0);
    });
}
