// SPDX-License-Identifier: MIT OR Apache-2.0

//! Guest memory whose userspace memory is unmapped, protected
//! or truncated, or is shared with another process.
//!
//! The slot is at 0x20000, the base of DS.

use std::mem::offset_of;

use guest_tests::kvm::{CODE, Device, Exit, Machine, Memory, PAGE, on_all};
use guest_tests::{code, in_child};
use kvm_bindings::{KVM_EXIT_UNKNOWN, KVM_MEM_READONLY, kvm_run};
use nix::errno::Errno;
use nix::sys::mman::{MapFlags, ProtFlags};

fn machine(device: &Device, code: &[u8], memory: &Memory) -> Machine {
    let machine = Machine::new(device, code);
    machine.change_sregs(|sregs| sregs.ds.base = 0x20000);
    machine.add_slot(1, 0, 0x20000, memory);
    machine
}

/// RIP stays at the instruction; the exit does not tell which address is missing.
fn efault(machine: &mut Machine, ip: u64) {
    for _ in 0..2 {
        let reason = offset_of!(kvm_run, exit_reason);
        machine.mapping.write(reason, &[0x77; 4]);
        assert_eq!(machine.run(), Err(Errno::EFAULT));
        assert_eq!(machine.exit_reason(), KVM_EXIT_UNKNOWN);
        assert_eq!(machine.regs().rip, CODE + ip);
    }
}

#[test]
fn unmapped_memory_is_efault_until_it_is_there_again() {
    on_all(|device| {
        for code in [
            code!["mov al, [0x10]", "hlt"],
            code!["mov byte ptr [0x10], 1", "hlt"],
            code!["inc byte ptr [0x10]", "hlt"],
        ] {
            let memory = Memory::new(PAGE);
            let address = memory.address();
            let mut machine = machine(device, code, &memory);
            drop(memory);
            efault(&mut machine, 0);
            let _memory = Memory::at(address, PAGE);
            assert_eq!(machine.run(), Ok(Exit::Halt));
        }
    });
}

#[test]
fn code_and_vectors_are_memory_too() {
    on_all(|device| {
        let memory = Memory::new(PAGE);
        let mut fetches = machine(device, &[], &memory);
        fetches.change_sregs(|sregs| sregs.cs.base = 0x20000 - CODE);
        let mut interrupts = machine(device, code!["int3"], &memory);
        interrupts.change_sregs(|sregs| sregs.idt.base = 0x20000);
        drop(memory);
        efault(&mut fetches, 0);
        efault(&mut interrupts, 0);
    });
}

/// Nothing was ever mapped there.
#[test]
fn memory_that_never_was() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["mov al, [0x10]", "hlt"]);
        machine.change_sregs(|sregs| sregs.ds.base = 0x20000);
        let region = guest_tests::kvm::region(1, 0, 0x20000, 0x1000, 0x1000);
        let vm = guest_tests::kvm::as_fd(&machine.vm);
        guest_tests::kvm::pass(vm, hiboma::kvm::KVM_SET_USER_MEMORY_REGION, region).unwrap();
        efault(&mut machine, 0);
    });
}

#[test]
fn protected_memory_is_efault_for_what_it_is_protected_from() {
    on_all(|device| {
        let memory = Memory::new(PAGE);
        let code = code!["mov al, [0]", "mov byte ptr [0], 1", "hlt"];
        let mut machine = machine(device, code, &memory);
        memory.protect(0, ProtFlags::PROT_NONE);
        efault(&mut machine, 0);
        memory.protect(0, ProtFlags::PROT_READ);
        efault(&mut machine, 3);
        memory.protect(0, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(memory.byte(0), 1);
    });
}

/// A write to a read-only slot exits, whether userspace could write there or not.
#[test]
fn a_read_only_slot_may_be_read_only_memory() {
    on_all(|device| {
        let memory = Memory::new(PAGE);
        let mut machine = Machine::new(device, code!["mov al, [0]", "mov [0], al", "hlt"]);
        machine.change_sregs(|sregs| sregs.ds.base = 0x20000);
        memory.write(0, &[5]);
        memory.protect(0, ProtFlags::PROT_READ);
        machine.add_slot(1, KVM_MEM_READONLY, 0x20000, &memory);
        assert_eq!(machine.run(), Ok(Exit::write(0x20000, &[5])));
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

/// An access by the program raises SIGBUS; an access by the guest makes `KVM_RUN` fail.
#[test]
fn a_truncated_file_is_efault_until_it_is_long_again() {
    on_all(|device| {
        let file = Memory::file(PAGE);
        let memory = Memory::of(&file, PAGE, MapFlags::MAP_SHARED);
        let code = code!["mov al, [0]", "mov byte ptr [0], 1", "hlt"];
        let mut machine = machine(device, code, &memory);
        memory.write(0, &[9]);
        file.set_len(0).unwrap();
        efault(&mut machine, 0);
        file.set_len(PAGE as u64).unwrap();
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!((machine.regs().rax, memory.byte(0)), (0, 1));
    });
}

/// Another process maps the same file.
#[test]
fn memory_may_be_shared_with_another_process() {
    on_all(|device| {
        let file = Memory::file(PAGE);
        let memory = Memory::of(&file, PAGE, MapFlags::MAP_SHARED);
        let mut machine = machine(device, code!["inc byte ptr [0]", "hlt"], &memory);
        in_child(|| {
            let theirs = Memory::of(&file, PAGE, MapFlags::MAP_SHARED);
            theirs.write(0, &[5]);
        });
        assert_eq!(machine.run(), Ok(Exit::Halt));
        in_child(|| {
            let theirs = Memory::of(&file, PAGE, MapFlags::MAP_SHARED);
            assert_eq!(theirs.byte(0), 6);
        });
    });
}

#[test]
fn the_guest_writes_to_a_copy_of_a_private_file() {
    on_all(|device| {
        let file = Memory::file(PAGE);
        let (private, shared) = (MapFlags::MAP_PRIVATE, MapFlags::MAP_SHARED);
        let memory = Memory::of(&file, PAGE, private);
        let mut machine = machine(device, code!["mov byte ptr [0], 7", "hlt"], &memory);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(memory.byte(0), 7);
        assert_eq!(Memory::of(&file, PAGE, shared).byte(0), 0);
    });
}

/// KVM's emulator treats memory that it cannot access as a device's.
#[test]
fn string_ports_and_memory_that_is_gone() {
    on_all(|device| {
        let memory = Memory::new(PAGE);
        let mut machine = machine(device, code!["mov si, 0", "outsb", "hlt"], &memory);
        drop(memory);
        match device.differs("string instructions and memory that is gone") {
            false => {
                let wanted = Exit::Read {
                    address: 0x20000,
                    length: 1,
                };
                assert_eq!(machine.run(), Ok(wanted));
            }
            true => efault(&mut machine, 3),
        }
    });
}
