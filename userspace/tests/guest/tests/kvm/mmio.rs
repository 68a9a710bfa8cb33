// SPDX-License-Identifier: MIT OR Apache-2.0

//! Accesses outside all memory slots: `KVM_EXIT_MMIO`.
//!
//! The base of DS is 0x20000, outside all slots.

use std::mem::offset_of;

use guest_tests::code;
use guest_tests::kvm::{CODE, Device, Exit, Machine, on_all};
use kvm_bindings::kvm_run;

/// Creates a VM whose DS and ES are at 0x20000, outside all slots.
fn machine(device: &Device, code: &[u8]) -> Machine {
    let machine = Machine::new(device, code);
    machine.change_sregs(|sregs| {
        for segment in [&mut sregs.ds, &mut sregs.es] {
            segment.base = 0x20000;
            segment.selector = 0x2000;
        }
    });
    machine
}

fn wanted(address: u64, length: u32) -> nix::Result<Exit> {
    Ok(Exit::Read { address, length })
}

/// RIP is still at the instruction.
#[test]
fn a_read_takes_what_userspace_answers() {
    on_all(|device| {
        let code = code!["mov al, [0x10]", "mov bx, [0x12]", "mov ecx, [0x14]", "hlt",];
        let mut machine = machine(device, code);
        for (address, length, ip) in [(0x20010, 1, 0), (0x20012, 2, 3), (0x20014, 4, 7)] {
            assert_eq!(machine.run(), wanted(address, length));
            assert_eq!(machine.regs().rip, CODE + ip);
            machine.answer(&[0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88]);
        }
        assert_eq!(machine.run(), Ok(Exit::Halt));
        let regs = machine.regs();
        assert_eq!((regs.rax, regs.rbx, regs.rcx), (0x11, 0x2211, 0x4433_2211));
    });
}

/// RIP is behind the instruction: nothing is left to do.
#[test]
fn a_write_tells_what_is_written() {
    on_all(|device| {
        let code = code![
            "mov eax, 0x12345678",
            "mov [0x10], al",
            "mov [0x10], ax",
            "mov [0x10], eax",
            "hlt",
        ];
        let mut machine = machine(device, code);
        for (data, ip) in [
            (&[0x78][..], 9),
            (&[0x78, 0x56], 12),
            (&[0x78, 0x56, 0x34, 0x12], 16),
        ] {
            assert_eq!(machine.run(), Ok(Exit::write(0x20010, data)));
            assert_eq!(machine.regs().rip, CODE + ip);
        }
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

#[test]
fn what_reads_and_writes_exits_twice() {
    on_all(|device| {
        let code = code![
            "inc byte ptr [0x10]",
            "add word ptr [0x12], 0x100",
            "or dword ptr [0x14], 0xf",
            "lock dec byte ptr [0x18]",
            "hlt",
        ];
        let mut machine = machine(device, code);
        for (address, length, data, before, after) in [
            (0x20010, 1, &[0x13][..], 0, 4),
            (0x20012, 2, &[0x12, 0x35], 4, 10),
            (0x20014, 4, &[0x1f, 0x34, 0x56, 0x78], 10, 16),
            (0x20018, 1, &[0x11], 16, 21),
        ] {
            assert_eq!(machine.run(), wanted(address, length));
            assert_eq!(machine.regs().rip, CODE + before);
            machine.answer(&[0x12, 0x34, 0x56, 0x78]);
            assert_eq!(machine.run(), Ok(Exit::write(address, data)));
            assert_eq!(machine.regs().rip, CODE + after);
        }
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

/// At the second exit, everything except the write is done.
#[test]
fn xchg_and_xadd_have_their_register_before_the_write() {
    on_all(|device| {
        let code = code![
            "mov bx, 0xaa55",
            "xchg [0x10], bx",
            "xadd [0x12], bx",
            "hlt"
        ];
        let mut machine = machine(device, code);
        assert_eq!(machine.run(), wanted(0x20010, 2));
        assert_eq!(machine.regs().rbx, 0xaa55);
        machine.answer(&[0x12, 0x34]);
        assert_eq!(machine.run(), Ok(Exit::write(0x20010, &[0x55, 0xaa])));
        assert_eq!(machine.regs().rbx, 0x3412);
        assert_eq!(machine.run(), wanted(0x20012, 2));
        machine.answer(&[1, 0]);
        assert_eq!(machine.run(), Ok(Exit::write(0x20012, &[0x13, 0x34])));
        assert_eq!(machine.regs().rbx, 1);
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

/// A failed comparison writes the old value back.
#[test]
fn cmpxchg_writes_either_way() {
    on_all(|device| {
        let code = code![
            "mov ax, 1",
            "mov bx, 2",
            "cmpxchg [0x10], bx",
            "cmpxchg [0x10], bx",
            "hlt"
        ];
        let mut machine = machine(device, code);
        for (answer, written) in [([7, 0], [7, 0]), ([7, 0], [2, 0])] {
            assert_eq!(machine.run(), wanted(0x20010, 2));
            machine.answer(&answer);
            assert_eq!(machine.run(), Ok(Exit::write(0x20010, &written)));
        }
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rax, 7);
    });
}

/// Each page causes an exit of its own, in the order of the addresses.
#[test]
fn an_access_across_pages_exits_for_each() {
    on_all(|device| {
        let code = code!["mov eax, [0xffe]", "mov [0xffd], eax", "hlt"];
        let mut machine = machine(device, code);
        for (address, answer) in [(0x20ffe, [0x11, 0x22]), (0x21000, [0x33, 0x44])] {
            assert_eq!(machine.run(), wanted(address, 2));
            assert_eq!(machine.regs().rip, CODE);
            machine.answer(&answer);
        }
        assert_eq!(machine.run(), Ok(Exit::write(0x20ffd, &[0x11, 0x22, 0x33])));
        assert_eq!(machine.regs().rax, 0x4433_2211);
        assert_eq!(machine.regs().rip, CODE + 8);
        assert_eq!(machine.run(), Ok(Exit::write(0x21000, &[0x44])));
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

/// The part in a slot is accessed there; userspace handles the rest.
#[test]
fn an_access_half_in_memory_exits_for_the_other_half() {
    on_all(|device| {
        let code = code!["mov dword ptr [0xe], 0x12345678", "mov eax, [0xe]", "hlt"];
        let mut machine = Machine::new(device, code);
        machine.change_sregs(|sregs| sregs.ds.base = 0xfff0);
        assert_eq!(machine.run(), Ok(Exit::write(0x10000, &[0x34, 0x12])));
        assert_eq!(machine.memory.read(0xfffe, 2), [0x78, 0x56]);
        assert_eq!(machine.run(), wanted(0x10000, 2));
        machine.answer(&[0x22, 0x11]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rax, 0x1122_5678);
    });
}

#[test]
fn a_stack_may_be_there_too() {
    on_all(|device| {
        let code = code!["push 0x1234", "pop ax", "mov bx, 0x1009", "call bx", "hlt"];
        let mut machine = Machine::new(device, code);
        machine.change_sregs(|sregs| sregs.ss.base = 0x20000);
        assert_eq!(machine.run(), Ok(Exit::write(0x27ffe, &[0x34, 0x12])));
        assert_eq!(machine.regs().rsp, 0x7ffe);
        assert_eq!(machine.run(), wanted(0x27ffe, 2));
        assert_eq!(machine.regs().rsp, 0x7ffe);
        machine.answer(&[0x21, 0x43]);
        assert_eq!(machine.run(), Ok(Exit::write(0x27ffe, &[0x09, 0x10])));
        assert_eq!(machine.regs().rax, 0x4321);
        assert_eq!(machine.regs().rip, CODE + 9);
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

/// A read that userspace does not answer gets the old contents of `mmio.data`.
#[test]
fn a_read_leaves_the_data_as_it_was() {
    on_all(|device| {
        let mut machine = machine(device, code!["mov eax, [0x10]", "hlt"]);
        let data = offset_of!(kvm_run, __bindgen_anon_1) + 8;
        machine.mapping.write(data, &[1, 2, 3, 4, 5, 6, 7, 8]);
        machine.run().unwrap();
        assert_eq!(machine.mapping.read(data, 8), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.regs().rax, 0x0403_0201);
    });
}

/// A write changes only its own bytes of `mmio.data`.
#[test]
fn a_write_leaves_the_rest_of_the_data_as_it_was() {
    on_all(|device| {
        let mut machine = machine(device, code!["mov byte ptr [0x10], 9", "hlt"]);
        let data = offset_of!(kvm_run, __bindgen_anon_1) + 8;
        machine.mapping.write(data, &[1, 2, 3, 4, 5, 6, 7, 8]);
        machine.run().unwrap();
        assert_eq!(machine.mapping.read(data, 8), [9, 2, 3, 4, 5, 6, 7, 8]);
    });
}
