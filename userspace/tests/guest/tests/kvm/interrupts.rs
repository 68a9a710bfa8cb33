// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_INTERRUPT` and the interrupt window.

use std::mem::offset_of;

use guest_tests::code;
use guest_tests::kvm::{CODE, Device, Exit, Machine, as_fd, on_all, pass};
use hiboma::kvm::KVM_INTERRUPT;
use kvm_bindings::{KVM_EXIT_IRQ_WINDOW_OPEN, kvm_run};
use nix::errno::Errno;

const IF: u64 = 1 << 9;
const WINDOW: nix::Result<Exit> = Ok(Exit::Other(KVM_EXIT_IRQ_WINDOW_OPEN));

/// Creates a VM with handlers for vectors 2, 0x20 and 0xff: each writes to a port and returns.
pub fn machine(device: &Device, code: &[u8]) -> Machine {
    let machine = Machine::new(device, code);
    let handlers: [(usize, u16, &[u8]); 3] = [
        (2, 0x2000, code!["out 2, al", "iret"]),
        (0x20, 0x2100, code!["out 0x20, al", "iret"]),
        (0xff, 0x2200, code!["out 0xff, al", "iret"]),
    ];
    for (vector, address, handler) in handlers {
        machine
            .memory
            .write(4 * vector, &u32::from(address).to_le_bytes());
        machine.memory.write(address.into(), handler);
    }
    machine
}

fn interrupt(machine: &Machine, vector: u32) -> nix::Result<()> {
    pass(as_fd(&machine.vcpu), KVM_INTERRUPT, vector).map(drop)
}

fn request_window(machine: &Machine, value: u8) {
    let at = offset_of!(kvm_run, request_interrupt_window);
    machine.mapping.write(at, &[value]);
}

/// Returns `if_flag` and `ready_for_interrupt_injection`.
fn flags(machine: &Machine) -> [u8; 2] {
    [
        machine.mapping.byte(offset_of!(kvm_run, if_flag)),
        machine
            .mapping
            .byte(offset_of!(kvm_run, ready_for_interrupt_injection)),
    ]
}

pub fn told(port: u16) -> nix::Result<Exit> {
    Ok(Exit::out(port, &[0]))
}

#[test]
fn an_interrupt_comes_before_the_next_instruction() {
    on_all(|device| {
        let mut machine = machine(device, code!["out 0x10, al", "hlt"]);
        machine.change_regs(|regs| regs.rflags |= IF);
        interrupt(&machine, 0x20).unwrap();
        assert_eq!(machine.run(), told(0x20));
        // Interrupts are disabled in the handler, and enabled again after it.
        assert_eq!(flags(&machine), [0, 0]);
        assert_eq!(machine.run(), told(0x10));
        assert_eq!(flags(&machine), [1, 1]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

/// `KVM_INTERRUPT` does not check IF: userspace must check it.
#[test]
fn nobody_asks_whether_interrupts_are_on() {
    on_all(|device| {
        let mut machine = machine(device, code!["hlt"]);
        interrupt(&machine, 0xff).unwrap();
        assert_eq!(machine.run(), told(0xff));
    });
}

#[test]
fn there_are_256_vectors() {
    on_all(|device| {
        let machine = machine(device, code!["hlt"]);
        for vector in [256, 0x120, u32::MAX] {
            assert_eq!(interrupt(&machine, vector), Err(Errno::EINVAL), "{vector}");
        }
        assert_eq!(interrupt(&machine, 255), Ok(()));
    });
}

/// `KVM_GET_SREGS` returns the queued interrupt, and `KVM_SET_SREGS` queues one.
#[test]
fn the_bitmap_of_the_special_registers() {
    on_all(|device| {
        let mut machine = machine(device, code!["hlt"]);
        assert_eq!(machine.sregs().interrupt_bitmap, [0; 4]);
        interrupt(&machine, 0x20).unwrap();
        assert_eq!(machine.sregs().interrupt_bitmap, [1 << 32, 0, 0, 0]);
        // KVM queues the vector of the first bit.
        machine.change_sregs(|sregs| sregs.interrupt_bitmap = [0, 0, 0, 1 << 63]);
        assert_eq!(machine.sregs().interrupt_bitmap, [0, 0, 0, 1 << 63]);
        // An empty bitmap changes nothing.
        machine.change_sregs(|sregs| sregs.interrupt_bitmap = [0; 4]);
        assert_eq!(machine.run(), told(0xff));
        assert_eq!(machine.sregs().interrupt_bitmap, [0; 4]);
    });
}

/// `hlt` completes, and the interrupt is delivered after it.
#[test]
fn an_interrupt_after_hlt() {
    on_all(|device| {
        let mut machine = machine(device, code!["sti", "hlt", "out 0x10, al"]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(flags(&machine), [1, 1]);
        interrupt(&machine, 0x20).unwrap();
        assert_eq!(machine.run(), told(0x20));
        assert_eq!(machine.run(), told(0x10));
    });
}

#[test]
fn the_window_is_open_where_interrupts_are_on() {
    on_all(|device| {
        let mut machine = machine(device, code!["out 0x10, al", "hlt"]);
        machine.change_regs(|regs| regs.rflags |= IF);
        request_window(&machine, 1);
        // The guest has executed nothing.
        for _ in 0..2 {
            assert_eq!(machine.run(), WINDOW);
            assert_eq!(machine.regs().rip, CODE);
            assert_eq!(flags(&machine), [1, 1]);
        }
        request_window(&machine, 0);
        assert_eq!(machine.run(), told(0x10));
    });
}

/// The instruction after `sti` runs first; then the window opens if interrupts are still enabled.
#[test]
fn the_window_opens_one_instruction_after_sti() {
    on_all(|device| {
        let code = code!["sti", "cli", "inc eax", "sti", "inc eax", "inc eax", "hlt"];
        let mut machine = machine(device, code);
        request_window(&machine, 0xff);
        assert_eq!(machine.run(), WINDOW);
        assert_eq!(machine.regs().rip, CODE + 7);
        assert_eq!(machine.regs().rax, 2);
    });
}

/// A load of SS in a shadow starts no new one, or a guest could block interrupts forever.
#[test]
fn only_the_first_instruction_of_its_kind_has_a_shadow() {
    on_all(|device| {
        let mut machine = machine(device, code!["mov ss, ax", "inc ebx", "hlt"]);
        machine.change_regs(|regs| regs.rflags |= IF);
        machine.fd.set_vcpu_events(&shadowed()).unwrap();
        request_window(&machine, 1);
        assert_eq!(machine.run(), WINDOW);
        assert_eq!(machine.regs().rip, CODE + 2);
    });
}

/// In an interrupt shadow, an exit for a port reports that no interrupt can be injected.
#[test]
fn the_instruction_after_sti_or_a_load_of_ss() {
    on_all(|device| {
        for code in [
            code!["sti", "in al, 0x10", "out 0x11, al"],
            code!["mov ss, ax", "in al, 0x10", "out 0x11, al"],
        ] {
            let mut machine = machine(device, code);
            if code[0] != 0xfb {
                machine.change_regs(|regs| regs.rflags |= IF);
            }
            let exit = machine.run();
            assert!(matches!(exit, Ok(Exit::In { port: 0x10, .. })), "{exit:?}");
            assert_eq!(flags(&machine), [1, 0]);
            machine.answer(&[7]);
            assert_eq!(machine.run(), Ok(Exit::out(0x11, &[7])));
            assert_eq!(flags(&machine), [1, 1]);
        }
    });
}

/// Returns events that put the next instruction into an interrupt shadow.
fn shadowed() -> kvm_bindings::kvm_vcpu_events {
    let mut events = kvm_bindings::kvm_vcpu_events {
        flags: kvm_bindings::KVM_VCPUEVENT_VALID_SHADOW,
        ..Default::default()
    };
    events.interrupt.shadow = 1;
    events
}

/// `iret` causes no interrupt shadow.
#[test]
fn the_window_opens_with_iret() {
    on_all(|device| {
        let code = code!["push 0x202", "push 0", "push 0x1100", "iret"];
        let mut machine = machine(device, code);
        machine.memory.write(0x1100, code!["inc eax", "hlt"]);
        request_window(&machine, 1);
        assert_eq!(machine.run(), WINDOW);
        assert_eq!(machine.regs().rip, 0x1100);
    });
}

/// The queued interrupt comes before the window; the window opens after the handler.
#[test]
fn the_window_while_an_interrupt_waits() {
    on_all(|device| {
        let mut machine = machine(device, code!["out 0x10, al", "hlt"]);
        machine.change_regs(|regs| regs.rflags |= IF);
        request_window(&machine, 1);
        interrupt(&machine, 0x20).unwrap();
        assert_eq!(machine.run(), told(0x20));
        assert_eq!(machine.run(), WINDOW);
        assert_eq!(machine.regs().rip, CODE);
    });
}

/// `KVM_INTERRUPT` while a port read waits for userspace: the instruction completes first.
#[test]
fn an_interrupt_while_a_port_is_read() {
    on_all(|device| {
        let mut machine = machine(device, code!["in al, 0x10", "out 0x11, al", "hlt"]);
        machine.change_regs(|regs| regs.rflags |= IF);
        machine.run().unwrap();
        interrupt(&machine, 0x20).unwrap();
        machine.answer(&[7]);
        assert_eq!(machine.run(), Ok(Exit::out(0x20, &[7])));
        assert_eq!(machine.run(), Ok(Exit::out(0x11, &[7])));
    });
}
