// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_EXIT_INTERNAL_ERROR`: instructions that cannot be executed.

use guest_tests::code;
use guest_tests::kvm::{CODE, Device, Exit, Machine, Memory, PAGE, on_all};
use nix::errno::Errno;

const NOTHING_FETCHED: Exit = Exit::EmulationFailure { bytes: Vec::new() };

/// Creates a VM whose handler for invalid opcodes, at 0x1500, halts.
fn handling(device: &Device, code: &[u8]) -> Machine {
    let machine = Machine::new(device, code);
    machine.memory.write(4 * 6, &[0x00, 0x15, 0, 0]);
    machine.memory.write(0x1500, code!["hlt"]);
    machine
}

#[test]
fn code_in_no_slot() {
    on_all(|device| {
        let mut machine = handling(device, code!["nop"]);
        machine.change_sregs(|sregs| sregs.cs.base = 0x20000);
        assert_eq!(machine.run(), Ok(NOTHING_FETCHED));
        assert_eq!(machine.regs().rip, CODE);
    });
}

/// The next `KVM_RUN` injects #UD, as for an invalid instruction: the guest may handle it.
#[test]
fn run_again_the_guest_gets_an_exception() {
    on_all(|device| {
        let mut machine = handling(device, code!["nop"]);
        machine.change_sregs(|sregs| sregs.cs.base = 0x20000);
        assert_eq!(machine.run(), Ok(NOTHING_FETCHED));
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rip, 0x1501);
        assert_eq!(machine.memory.read(0x7ffa, 2), [0x00, 0x10]);
    });
}

/// `KVM_SET_REGS` drops an exception whose delivery has not begun.
#[test]
fn unless_its_registers_are_set() {
    on_all(|device| {
        let mut machine = handling(device, code!["hlt"]);
        machine.change_sregs(|sregs| sregs.cs.base = 0x20000);
        assert_eq!(machine.run(), Ok(NOTHING_FETCHED));
        machine.change_sregs(|sregs| sregs.cs.base = 0);
        machine.change_regs(|_| {});
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rip, CODE + 1);
    });
}

/// Only the instruction's first bytes are in a memory slot.
#[test]
fn an_instruction_across_the_end_of_memory() {
    on_all(|device| {
        let mut machine = handling(device, &[]);
        // mov ax, imm16
        machine.memory.write(0xfffe, &[0xb8, 0x34]);
        machine.change_regs(|regs| regs.rip = 0xffe);
        machine.change_sregs(|sregs| sregs.cs.base = 0xf000);
        let exit = machine.run();
        assert_eq!(
            exit,
            Ok(Exit::EmulationFailure {
                bytes: vec![0xb8, 0x34]
            })
        );
    });
}

#[test]
fn a_new_vcpu_without_memory() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let mut vcpu = guest_tests::kvm::Vcpu::create(&vm, 0);
        assert_eq!(vcpu.run(), Ok(NOTHING_FETCHED));
        assert_eq!(vcpu.regs().rip, 0xfff0);
    });
}

/// Neither KVM's emulator nor hiboma's interpreter implements x87 instructions.
/// The exit contains the code bytes, up to the longest possible instruction.
#[test]
fn an_instruction_that_only_hardware_knows() {
    on_all(|device| {
        let mut machine = handling(device, code!["fld dword ptr [0x10]", "hlt"]);
        machine.change_sregs(|sregs| sregs.ds.base = 0x20000);
        let bytes = [&[0xd9, 0x06, 0x10, 0x00, 0xf4][..], &[0; 10]].concat();
        assert_eq!(machine.run(), Ok(Exit::EmulationFailure { bytes }));
        assert_eq!(machine.regs().rip, CODE);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rip, 0x1501);
    });
}

/// The exception is then being delivered, with RF set. Userspace
/// sees RF only if the handler's vector cannot be read.
#[test]
fn an_exception_that_cannot_be_delivered_has_set_rf() {
    const RFLAGS_RF: u64 = 1 << 16;
    on_all(|device| {
        let mut machine = handling(device, code!["nop"]);
        machine.change_sregs(|sregs| {
            sregs.cs.base = 0x20000;
            sregs.idt.base = 0x30000;
        });
        let vectors = Memory::new(PAGE);
        machine.add_slot(1, 0, 0x30000, &vectors);
        drop(vectors);
        assert_eq!(machine.run(), Ok(NOTHING_FETCHED));
        assert_eq!(machine.regs().rflags, 2);
        assert_eq!(machine.run(), Err(Errno::EFAULT));
        assert_eq!(machine.regs().rflags, RFLAGS_RF | 2);
    });
}

/// `KVM_SET_REGS` does not drop an exception whose delivery has begun.
#[test]
fn an_exception_on_its_way_is_not_taken_back() {
    on_all(|device| {
        let mut machine = handling(device, code!["hlt"]);
        machine.change_sregs(|sregs| {
            sregs.cs.base = 0x20000;
            sregs.idt.base = 0x30000;
        });
        let vectors = Memory::new(PAGE);
        let address = vectors.address();
        machine.add_slot(1, 0, 0x30000, &vectors);
        drop(vectors);
        assert_eq!(machine.run(), Ok(NOTHING_FETCHED));
        assert_eq!(machine.run(), Err(Errno::EFAULT));
        machine.start_at(CODE, 0x8000);
        assert_eq!(machine.run(), Err(Errno::EFAULT));
        assert_eq!(machine.regs().rflags, 2);
        let vectors = Memory::at(address, PAGE);
        vectors.write(4 * 6, &[0x00, 0x15, 0, 0]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rip, 0x1501);
    });
}
