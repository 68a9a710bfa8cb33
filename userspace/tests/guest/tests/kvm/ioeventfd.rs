// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_IOEVENTFD`: a write that signals an eventfd instead of exiting.

use std::os::fd::AsRawFd;

use guest_tests::code;
use guest_tests::kvm::{Device, Exit, Machine, Memory, PAGE, as_fd, on_all, pass};
use hiboma::kvm::KVM_IOEVENTFD;
use kvm_bindings::{KVM_MEM_READONLY, kvm_ioeventfd};
use nix::errno::Errno;
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::unistd::dup;

const DATAMATCH: u32 = 1;
const PIO: u32 = 2;
const DEASSIGN: u32 = 4;

fn event() -> EventFd {
    EventFd::from_flags(EfdFlags::EFD_NONBLOCK).unwrap()
}

/// Returns the number of signals since the last call.
fn count(event: &EventFd) -> u64 {
    match event.read() {
        Ok(count) => count,
        Err(Errno::EAGAIN) => 0,
        Err(error) => panic!("{error}"),
    }
}

/// Signals the event for writes to this address, of `len` bytes or (0) of any length.
fn at(addr: u64, len: u32, event: &EventFd, flags: u32) -> kvm_ioeventfd {
    let fd = event.as_raw_fd();
    kvm_ioeventfd {
        addr,
        len,
        fd,
        flags,
        ..kvm_ioeventfd::default()
    }
}

fn set(machine: &Machine, ioeventfd: kvm_ioeventfd) {
    assert_eq!(pass(as_fd(&machine.vm), KVM_IOEVENTFD, ioeventfd), Ok(0));
}

/// Creates a VM whose DS base is 0x20000, outside all slots.
fn machine(device: &Device, code: &[u8]) -> Machine {
    let machine = Machine::new(device, code);
    machine.change_sregs(|sregs| sregs.ds.base = 0x20000);
    machine
}

#[test]
fn out_of_this_size_to_this_port() {
    on_all(|device| {
        let code = code![
            "out 0x10, al",
            "out 0x11, al",
            "out 0x10, ax",
            "out 0x10, al",
            "hlt"
        ];
        let mut machine = machine(device, code);
        let event = event();
        set(&machine, at(0x10, 1, &event, PIO));
        assert_eq!(machine.run(), Ok(Exit::out(0x11, &[0])));
        assert_eq!(count(&event), 1);
        assert_eq!(machine.run(), Ok(Exit::out(0x10, &[0, 0])));
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(count(&event), 1);
    });
}

#[test]
fn a_write_of_this_size_to_this_address() {
    on_all(|device| {
        let code = code!["mov [0x10], al", "mov [0x11], al", "mov [0x10], ax", "hlt",];
        let mut machine = machine(device, code);
        let event = event();
        set(&machine, at(0x20010, 1, &event, 0));
        assert_eq!(machine.run(), Ok(Exit::write(0x20011, &[0])));
        assert_eq!(count(&event), 1);
        assert_eq!(machine.run(), Ok(Exit::write(0x20010, &[0, 0])));
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(count(&event), 0);
    });
}

/// Different values at one address can signal different events.
#[test]
fn a_write_of_this_value() {
    on_all(|device| {
        let code = code![
            "mov byte ptr [0x10], 7",
            "mov byte ptr [0x10], 9",
            "mov byte ptr [0x10], 8",
            "hlt",
        ];
        let mut machine = machine(device, code);
        let (seven, eight) = (event(), event());
        for (datamatch, event) in [(7, &seven), (8, &eight)] {
            let ioeventfd = at(0x20010, 1, event, DATAMATCH);
            set(
                &machine,
                kvm_ioeventfd {
                    datamatch,
                    ..ioeventfd
                },
            );
        }
        assert_eq!(machine.run(), Ok(Exit::write(0x20010, &[9])));
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!((count(&seven), count(&eight)), (1, 1));
    });
}

/// A write of any length signals, but only at exactly this address.
#[test]
fn length_0_is_any_length() {
    on_all(|device| {
        let code = code![
            "out 0x10, al",
            "out 0x10, eax",
            "mov [0x10], al",
            "mov [0x10], eax",
            "mov [0x11], al",
            "hlt",
        ];
        let mut machine = machine(device, code);
        let event = event();
        set(&machine, at(0x10, 0, &event, PIO));
        set(&machine, at(0x20010, 0, &event, 0));
        assert_eq!(machine.run(), Ok(Exit::write(0x20011, &[0])));
        assert_eq!(count(&event), 4);
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

#[test]
fn each_value_of_rep_outs_signals() {
    on_all(|device| {
        let code = code![
            "mov si, 0x2000",
            "mov cx, 3",
            "mov dx, 0x10",
            "rep outsb",
            "hlt"
        ];
        let mut machine = Machine::new(device, code);
        let event = event();
        set(&machine, at(0x10, 1, &event, PIO));
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(count(&event), 3);
        assert_eq!(machine.regs().rsi, 0x2003);
    });
}

/// The read exits; the write signals the event instead of exiting.
#[test]
fn the_write_of_an_instruction_that_reads_first_signals() {
    on_all(|device| {
        let mut machine = machine(device, code!["inc byte ptr [0x10]", "hlt"]);
        let event = event();
        set(&machine, at(0x20010, 1, &event, 0));
        assert!(matches!(machine.run(), Ok(Exit::Read { .. })));
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(count(&event), 1);
    });
}

#[test]
fn reading_is_an_exit_as_before() {
    on_all(|device| {
        let mut machine = machine(device, code!["in al, 0x10", "mov al, [0x10]", "hlt"]);
        let event = event();
        set(&machine, at(0x10, 1, &event, PIO));
        set(&machine, at(0x20010, 1, &event, 0));
        assert!(matches!(machine.run(), Ok(Exit::In { .. })));
        assert!(matches!(machine.run(), Ok(Exit::Read { .. })));
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(count(&event), 0);
    });
}

/// A write to RAM signals nothing; a write to a read-only slot is MMIO and signals.
#[test]
fn where_memory_is_only_read_only_signals() {
    on_all(|device| {
        let mut machine = machine(device, code!["mov [0], al", "mov [0x1000], al", "hlt"]);
        let memory = Memory::new(PAGE);
        machine.add_slot(1, 0, 0x20000, &memory);
        machine.add_slot(2, KVM_MEM_READONLY, 0x21000, &memory);
        let (ram, rom) = (event(), event());
        set(&machine, at(0x20000, 1, &ram, 0));
        set(&machine, at(0x21000, 1, &rom, 0));
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!((count(&ram), count(&rom)), (0, 1));
    });
}

#[test]
fn after_deassigning_it_is_an_exit_again() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["out 0x10, al", "out 0x10, al", "hlt"]);
        let event = event();
        set(&machine, at(0x10, 1, &event, PIO));
        set(&machine, at(0x10, 1, &event, PIO | DEASSIGN));
        assert_eq!(machine.run(), Ok(Exit::out(0x10, &[0])));
        set(&machine, at(0x10, 1, &event, PIO));
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(count(&event), 1);
    });
}

/// The VM holds its own reference to the eventfd.
#[test]
fn it_outlives_its_descriptor() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["out 0x10, al", "hlt"]);
        let event = event();
        let other = dup(&event).unwrap();
        let ioeventfd = at(0x10, 1, &event, PIO);
        set(
            &machine,
            kvm_ioeventfd {
                fd: other.as_raw_fd(),
                ..ioeventfd
            },
        );
        drop(other);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(count(&event), 1);
    });
}
