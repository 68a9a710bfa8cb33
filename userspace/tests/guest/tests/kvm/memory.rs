// SPDX-License-Identifier: MIT OR Apache-2.0

//! The guest's view of its memory slots, which may change while it is stopped.

use guest_tests::code;
use guest_tests::kvm::{
    Device, Exit, Machine, Memory, PAGE, as_fd, on_all, pass, region, set_region,
};
use hiboma::kvm::KVM_SET_USER_MEMORY_REGION;
use kvm_bindings::KVM_MEM_READONLY;

/// Creates a guest that writes the byte at 0x20000 to a port at each run.
fn reader(device: &Device) -> Machine {
    let code = code!["2: mov al, [0]", "out 0x10, al", "jmp 2b"];
    let machine = Machine::new(device, code);
    machine.change_sregs(|sregs| sregs.ds.base = 0x20000);
    machine
}

/// Returns a page filled with this byte.
fn page(byte: u8) -> Memory {
    let memory = Memory::new(PAGE);
    memory.write(0, &[byte; PAGE]);
    memory
}

const NOTHING: Exit = Exit::Read {
    address: 0x20000,
    length: 1,
};

#[test]
fn both_see_what_the_other_writes() {
    on_all(|device| {
        let code = code![
            "inc byte ptr [0x3000]",
            "hlt",
            "inc byte ptr [0x3000]",
            "hlt"
        ];
        let mut machine = Machine::new(device, code);
        machine.memory.write(0x3000, &[5]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.memory.byte(0x3000), 6);
        machine.memory.write(0x3000, &[50]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.memory.byte(0x3000), 51);
    });
}

/// Neither the slots nor the memory behind them need be in the order of the slot numbers.
#[test]
fn adjacent_slots_are_one_memory() {
    on_all(|device| {
        let code = code!["mov eax, [0xffe]", "mov [0xffe], ebx", "hlt"];
        let mut machine = Machine::new(device, code);
        machine.change_sregs(|sregs| sregs.ds.base = 0x20000);
        machine.change_regs(|regs| regs.rbx = 0x8765_4321);
        let (low, high) = (page(1), page(2));
        machine.add_slot(9, 0, 0x21000, &high);
        machine.add_slot(5, 0, 0x20000, &low);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rax, 0x0202_0101);
        assert_eq!(low.read(0xffd, 3), [1, 0x21, 0x43]);
        assert_eq!(high.read(0, 3), [0x65, 0x87, 2]);
    });
}

#[test]
fn a_slot_comes_moves_and_goes_between_two_runs() {
    on_all(|device| {
        let mut machine = reader(device);
        assert_eq!(machine.run(), Ok(NOTHING));
        machine.answer(&[1]);
        assert_eq!(machine.run(), Ok(Exit::out(0x10, &[1])));

        let memory = page(2);
        machine.add_slot(1, 0, 0x20000, &memory);
        assert_eq!(machine.run(), Ok(Exit::out(0x10, &[2])));
        memory.write(0, &[3]);
        assert_eq!(machine.run(), Ok(Exit::out(0x10, &[3])));

        machine.add_slot(1, 0, 0x30000, &memory);
        assert_eq!(machine.run(), Ok(NOTHING));
        machine.answer(&[4]);
        assert_eq!(machine.run(), Ok(Exit::out(0x10, &[4])));

        machine.add_slot(1, 0, 0x20000, &memory);
        assert_eq!(machine.run(), Ok(Exit::out(0x10, &[3])));

        let gone = region(1, 0, 0, 0, 0);
        pass(as_fd(&machine.vm), KVM_SET_USER_MEMORY_REGION, gone).unwrap();
        assert_eq!(machine.run(), Ok(NOTHING));
    });
}

#[test]
fn another_slot_takes_the_place() {
    on_all(|device| {
        let mut machine = reader(device);
        let (first, second) = (page(1), page(2));
        machine.add_slot(1, 0, 0x20000, &first);
        machine.add_slot(2, 0, 0x30000, &second);
        assert_eq!(machine.run(), Ok(Exit::out(0x10, &[1])));
        machine.add_slot(1, 0, 0x40000, &first);
        machine.add_slot(2, 0, 0x20000, &second);
        assert_eq!(machine.run(), Ok(Exit::out(0x10, &[2])));
    });
}

/// Both slots are backed by the same userspace memory.
#[test]
fn two_slots_may_be_the_same_memory() {
    on_all(|device| {
        let code = code!["mov byte ptr [0], 7", "mov al, [0x1000]", "hlt"];
        let mut machine = Machine::new(device, code);
        machine.change_sregs(|sregs| sregs.ds.base = 0x20000);
        let memory = page(1);
        machine.add_slot(1, 0, 0x20000, &memory);
        machine.add_slot(2, 0, 0x21000, &memory);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rax, 7);
    });
}

/// A read returns the memory; a write exits to userspace.
#[test]
fn read_only_memory_is_mmio_to_write() {
    on_all(|device| {
        let code = code![
            "mov ax, [0]",
            "mov word ptr [2], 0x1234",
            "mov bx, [2]",
            "inc byte ptr [4]",
            "hlt",
        ];
        let mut machine = Machine::new(device, code);
        machine.change_sregs(|sregs| sregs.ds.base = 0x20000);
        let memory = page(0x11);
        machine.add_slot(1, KVM_MEM_READONLY, 0x20000, &memory);
        assert_eq!(machine.run(), Ok(Exit::write(0x20002, &[0x34, 0x12])));
        assert_eq!(machine.regs().rax, 0x1111);
        // The read part needs no exit, so there is one exit, not two.
        assert_eq!(machine.run(), Ok(Exit::write(0x20004, &[0x12])));
        assert_eq!(machine.regs().rbx, 0x1111);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(memory.read(0, PAGE), [0x11; PAGE]);
    });
}

/// A VMM maps a firmware's flash this way.
#[test]
fn code_may_be_in_read_only_memory() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let memory = page(0xf4);
        memory.write(0xff0, code!["mov al, 5", "out 0x10, al"]);
        set_region(as_fd(&vm), 0, KVM_MEM_READONLY, 0xffff_f000, &memory).unwrap();
        // Runs from reset, without changing any register.
        let mut vcpu = guest_tests::kvm::Vcpu::create(&vm, 0);
        assert_eq!(vcpu.run(), Ok(Exit::out(0x10, &[5])));
        assert_eq!(vcpu.run(), Ok(Exit::Halt));
        assert_eq!(vcpu.regs().rip, 0xfff5);
    });
}

/// With a segment of 0xffff, real mode reaches nearly 64 KiB beyond 1 MiB.
#[test]
fn real_mode_reaches_beyond_1_mib() {
    on_all(|device| {
        let code = code!["mov al, [0x10]", "mov [0x11], al", "hlt"];
        let mut machine = Machine::new(device, code);
        machine.change_sregs(|sregs| sregs.ds.base = 0xffff0);
        let memory = page(7);
        machine.add_slot(1, 0, 0x10_0000, &memory);
        memory.write(1, &[0]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(memory.read(0, 3), [7, 7, 7]);
    });
}
