// SPDX-License-Identifier: MIT OR Apache-2.0

//! An instruction's bus accesses, and their order, which devices notice.

use emulator::Stop;
use iced_x86::code_asm::*;
use iced_x86::IcedError;

use crate::machine::*;
use crate::opcodes::{entries, Entry};

/// Returns the accesses of one instruction, except the fetch of its own bytes.
fn accesses(code: impl FnOnce(&mut CodeAssembler) -> Result<(), IcedError>) -> Vec<Access> {
    let mut machine = Machine::assemble(code);
    machine.cpu.regs[CX] = 1;
    machine.steps(1).expect("one instruction");
    machine.board.accesses_but_fetches().cloned().collect()
}

#[test]
fn of_an_instruction_eight_bytes_are_fetched_first_and_then_what_may_follow() {
    let mut machine = Machine::assemble(|a| {
        a.nop()?;
        a.mov(dword_ptr(0x1234), 0x5678_9abc)
    });
    machine.steps(2).expect("nop and mov");
    assert_eq!(
        machine.board.accesses,
        [
            Access::Fetch(0x10000, 8),
            Access::Fetch(0x10001, 8),
            Access::Fetch(0x10009, 7),
            Access::Write(0x21234, 4)
        ]
    );
}

#[test]
fn what_is_fetched_is_what_is_executed_whatever_was_there_before() {
    let mut machine = Machine::assemble(|a| a.inc(ax));
    machine.steps(1).expect("inc");
    machine.memory(CODE, 0, 1)[0] = 0x48; // dec ax
    for (db, result) in [(false, 0), (true, 0xffff_ffff)] {
        machine.cpu.rip = 0;
        machine.cpu.segments[CS].db = db;
        machine.steps(1).expect("dec");
        assert_eq!(machine.cpu.regs[AX], result);
    }
}

#[test]
#[cfg_attr(miri, ignore = "takes long")]
fn whichever_access_is_refused_the_registers_are_as_before() {
    for code in entries().iter().flat_map(Entry::examples) {
        for allowed in 0.. {
            let mut machine = Machine::new(&[&[0x66], code.code.as_slice()].concat());
            machine.cpu.regs = std::array::from_fn(|number| 0x1234_0100 * (number as u64 + 1));
            machine.cpu.regs[SP] = 0x1000;
            machine.cpu.regs[CX] = 1;
            let before = machine.cpu.clone();
            machine.board.allowed = allowed;
            match machine.steps(1) {
                Err(Stop::Error(_)) => assert_eq!(machine.cpu, before, "{:02x?}", code.code),
                _ => break,
            }
        }
    }
}

#[test]
fn a_fetch_goes_on_where_the_last_one_ended_and_ends_with_the_segment() {
    let mut machine = Machine::new(&[]);
    machine
        .memory(CODE, 0xfffd, 3)
        .copy_from_slice(&[0xb8, 0x34, 0x12]); // mov ax, 0x1234
    machine.cpu.rip = 0xfffd;
    machine.board.fetch_size = 2;
    machine.steps(1).expect("mov");
    assert_eq!(machine.cpu.regs[AX], 0x1234);
    assert_eq!(
        machine.board.accesses,
        [Access::Fetch(0x1fffd, 3), Access::Fetch(0x1ffff, 1)]
    );
}

#[test]
fn what_is_modified_is_read_and_written_once() {
    let both = [Access::Read(0x20000, 2), Access::Write(0x20000, 2)];
    assert_eq!(accesses(|a| a.add(word_ptr(bx), ax)), both);
    assert_eq!(accesses(|a| a.inc(word_ptr(bx))), both);
    assert_eq!(accesses(|a| a.shl(word_ptr(bx), cl)), both);
    assert_eq!(accesses(|a| a.shld(word_ptr(bx), ax, 3)), both);
    assert_eq!(accesses(|a| a.bts(word_ptr(bx), ax)), both);
    assert_eq!(accesses(|a| a.xadd(word_ptr(bx), ax)), both);
    // Even if the value does not change.
    assert_eq!(accesses(|a| a.cmpxchg(word_ptr(bx), cx)), both);
    assert_eq!(accesses(|a| a.cmpxchg(word_ptr(bx), ax)), both);
}

#[test]
fn what_is_not_modified_is_not_written_and_what_is_overwritten_not_read() {
    let read = [Access::Read(0x20000, 2)];
    assert_eq!(accesses(|a| a.cmp(word_ptr(bx), ax)), read);
    assert_eq!(accesses(|a| a.test(word_ptr(bx), ax)), read);
    assert_eq!(accesses(|a| a.bt(word_ptr(bx), ax)), read);
    assert_eq!(accesses(|a| a.add(ax, word_ptr(bx))), read);
    assert_eq!(accesses(|a| a.cmovc(ax, word_ptr(bx))), read);
    assert_eq!(
        accesses(|a| a.mov(word_ptr(bx), ax)),
        [Access::Write(0x20000, 2)]
    );
    assert_eq!(
        accesses(|a| a.seto(byte_ptr(bx))),
        [Access::Write(0x20000, 1)]
    );
    assert_eq!(accesses(|a| a.lea(ax, word_ptr(bx))), []);
}

#[test]
fn two_operands_in_memory_come_one_after_the_other() {
    let [source, destination, stack] = [0x20000, 0x30000, 0x40ffe];
    assert_eq!(
        accesses(|a| a.movsb()),
        [Access::Read(source, 1), Access::Write(destination, 1)]
    );
    assert_eq!(
        accesses(|a| a.cmpsb()),
        [Access::Read(source, 1), Access::Read(destination, 1)]
    );
    assert_eq!(
        accesses(|a| a.push(word_ptr(bx))),
        [Access::Read(source, 2), Access::Write(stack, 2)]
    );
    assert_eq!(
        accesses(|a| a.pop(word_ptr(bx))),
        [Access::Read(0x41000, 2), Access::Write(source, 2)]
    );
    assert_eq!(
        accesses(|a| a.bound(ax, dword_ptr(bx))),
        [Access::Read(source, 2), Access::Read(source + 2, 2)]
    );
}

#[test]
fn a_far_pointer_is_read_at_once() {
    assert_eq!(
        accesses(|a| a.les(ax, dword_ptr(bx))),
        [Access::Read(0x20000, 4)]
    );
    assert_eq!(
        accesses(|a| a.db(&[0x66, 0xc4, 0x07])), // les eax, [bx]
        [Access::Read(0x20000, 6)]
    );
    assert_eq!(
        accesses(|a| a.db(&[0xff, 0x1f])), // call far [bx]
        [
            Access::Read(0x20000, 4),
            Access::Write(0x40ffe, 2),
            Access::Write(0x40ffc, 2),
        ]
    );
}

#[test]
fn an_interrupt_reads_its_vector_and_pushes() {
    assert_eq!(
        accesses(|a| a.int(0x21)),
        [
            Access::Read(0x84, 2),
            Access::Read(0x86, 2),
            Access::Write(0x40ffe, 2),
            Access::Write(0x40ffc, 2),
            Access::Write(0x40ffa, 2),
        ]
    );
}

#[test]
fn an_atomic_instruction_locks_first() {
    let locked = [
        Access::Lock,
        Access::Read(0x20000, 2),
        Access::Write(0x20000, 2),
    ];
    assert_eq!(accesses(|a| a.lock().add(word_ptr(bx), ax)), locked);
    assert_eq!(accesses(|a| a.xchg(word_ptr(bx), ax)), locked);
    assert_eq!(accesses(|a| a.xchg(cx, ax)), []);
}
