// SPDX-License-Identifier: MIT OR Apache-2.0

//! The exits of instructions with an operand in no slot, and their order.
//!
//! DS and ES are at 0x20000, and userspace answers every read with the bytes 1, 2, 3, ….

use guest_tests::code;
use guest_tests::kvm::{Exit, Machine, on_all};

fn read(address: u64, length: u32) -> Exit {
    Exit::Read { address, length }
}

/// Runs the code to its `hlt`, and compares the exits and AX, BX and CX.
fn check(code: &[u8], exits: &[Exit], registers: [u64; 3]) {
    on_all(|device| {
        let mut machine = Machine::new(device, code);
        machine.change_sregs(|sregs| {
            for segment in [&mut sregs.ds, &mut sregs.es] {
                segment.base = 0x20000;
            }
        });
        for exit in exits {
            assert_eq!(machine.run().as_ref(), Ok(exit));
            machine.answer(&[1, 2, 3, 4, 5, 6, 7, 8]);
        }
        assert_eq!(machine.run(), Ok(Exit::Halt));
        let regs = machine.regs();
        assert_eq!([regs.rax, regs.rbx, regs.rcx], registers);
    });
}

/// KVM ignores what userspace answers to a write.
#[test]
fn the_direction_is_the_instructions() {
    check(
        code!["mov byte ptr [0x10], 5", "mov al, [0x10]", "hlt"],
        &[Exit::write(0x20010, &[5]), read(0x20010, 1)],
        [1, 0, 0],
    );
}

#[test]
fn arithmetic_with_a_register_for_its_destination_reads() {
    check(
        code![
            "mov ax, 0x1000",
            "add ax, [0x10]",
            "sub bl, [0x20]",
            "cmp ax, [0x30]",
            "hlt"
        ],
        &[read(0x20010, 2), read(0x20020, 1), read(0x20030, 2)],
        [0x1201, 0xff, 0],
    );
}

/// `cmp` and `test` write nothing.
#[test]
fn cmp_and_test_of_memory_read() {
    check(
        code![
            "cmp byte ptr [0x10], 1",
            "sete al",
            "test word ptr [0x20], 2",
            "setne bl",
            "hlt"
        ],
        &[read(0x20010, 1), read(0x20020, 2)],
        [1, 0, 0],
    );
}

#[test]
fn not_neg_and_shifts_read_and_write() {
    check(
        code![
            "not byte ptr [0x10]",
            "neg word ptr [0x20]",
            "shl dword ptr [0x30], 1",
            "hlt"
        ],
        &[
            read(0x20010, 1),
            Exit::write(0x20010, &[0xfe]),
            read(0x20020, 2),
            Exit::write(0x20020, &[0xff, 0xfd]),
            read(0x20030, 4),
            Exit::write(0x20030, &[2, 4, 6, 8]),
        ],
        [0, 0, 0],
    );
}

#[test]
fn multiplying_by_memory_reads() {
    check(
        code![
            "mov al, 7",
            "mul byte ptr [0x10]",
            "movzx bx, byte ptr [0x20]",
            "hlt"
        ],
        &[read(0x20010, 1), read(0x20020, 1)],
        [7, 1, 0],
    );
}

#[test]
fn lods_scas_and_stos() {
    check(
        code!["lodsw", "mov bx, ax", "scasb", "stosb", "hlt"],
        &[
            read(0x20000, 2),
            read(0x20000, 1),
            Exit::write(0x20001, &[1]),
        ],
        [0x0201, 0x0201, 0],
    );
}

/// First the source, then the destination.
#[test]
fn cmps_reads_twice() {
    check(
        code!["mov di, 0x100", "cmpsw", "sete al", "hlt"],
        &[read(0x20000, 2), read(0x20100, 2)],
        [1, 0, 0],
    );
}

/// It ends with the first byte that differs from AL.
#[test]
fn repe_scas_stops_where_it_differs() {
    check(
        code!["mov cx, 5", "mov al, 2", "repe scasb", "hlt"],
        &[read(0x20000, 1)],
        [2, 0, 4],
    );
}

#[test]
fn xlat_reads() {
    check(
        code!["mov bx, 0x40", "mov al, 2", "xlatb", "hlt"],
        &[read(0x20042, 1)],
        [1, 0x40, 0],
    );
}

/// One exit reads both halves of the far pointer.
#[test]
fn les_reads_offset_and_selector() {
    check(
        code!["les bx, [0x10]", "mov ax, es", "hlt"],
        &[read(0x20010, 4)],
        [0x0403, 0x0201, 0],
    );
}

/// If one instruction writes several times, only the
/// last write exits: KVM's emulator drops the others.
#[test]
fn pusha_to_a_stack_there_writes_once() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["mov di, 0x1234", "pushaw", "hlt"]);
        machine.change_sregs(|sregs| sregs.ss.base = 0x20000);
        assert_eq!(machine.run(), Ok(Exit::write(0x27ff0, &[0x34, 0x12])));
        assert_eq!(machine.regs().rsp, 0x7ff0);
        assert_eq!(machine.run(), Ok(Exit::Halt));
    });
}

#[test]
fn a_segment_register_is_a_word() {
    check(
        code!["mov [0x10], ds", "mov es, [0x20]", "mov ax, es", "hlt"],
        &[Exit::write(0x20010, &[0, 0]), read(0x20020, 2)],
        [0x0201, 0, 0],
    );
}

#[test]
fn push_and_pop_of_memory_there() {
    check(
        code!["push word ptr [0x10]", "pop word ptr [0x20]", "hlt"],
        &[read(0x20010, 2), Exit::write(0x20020, &[1, 2])],
        [0, 0, 0],
    );
}
