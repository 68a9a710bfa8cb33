// SPDX-License-Identifier: MIT OR Apache-2.0

//! Interrupts and exceptions.

use emulator::flags::{AC, CF, IF, OF, RF, TF};
use emulator::{Exception, Stop};
use iced_x86::code_asm::*;

use crate::machine::*;

/// The instruction pointer that a handler would return to.
fn return_address(machine: &mut Machine) -> u16 {
    let top = machine.cpu.regs[SP] as u16;
    let bytes = machine.memory(STACK, top, 2);
    u16::from_le_bytes([bytes[0], bytes[1]])
}

/// Creates a machine whose exception handlers all halt.
fn machine(code: &[u8]) -> Machine {
    let mut machine = Machine::new(code);
    for vector in 0..=13 {
        machine.handle(vector, &[0xf4]);
    }
    machine
}

/// Executes one instruction, which must call the handler of `vector` with this return address.
fn assert_calls(machine: &mut Machine, vector: u8, address: u16) {
    machine.steps(1).expect("a handler is called");
    assert!(machine.has_called(vector), "{:x?}", machine.cpu);
    assert_eq!(return_address(machine), address);
}

#[test]
fn an_interrupt_saves_the_flags_and_turns_interrupts_off() {
    let mut machine = machine(&[0xcd, 0x06]); // int 6
    machine.cpu.rflags |= IF | CF | AC | RF;
    assert_calls(&mut machine, 6, 2);
    assert_eq!(machine.cpu.rflags, 2 | CF, "and off with alignment checks");
    assert_eq!(machine.cpu.regs[SP], 0x0ffa);
    assert_eq!(machine.memory(STACK, 0xffa, 6), [2, 0, 0, 0x10, 0x03, 0x02]);
}

#[test]
fn the_short_forms_of_int() {
    assert_calls(&mut machine(&[0xcc]), 3, 1);
    assert_calls(&mut machine(&[0xf1]), 1, 1);
    let mut with_overflow = machine(&[0xce]);
    with_overflow.cpu.rflags |= OF;
    assert_calls(&mut with_overflow, 4, 1);
    let mut without = machine(&[0xce]);
    without.steps(1).expect("into");
    assert_eq!(without.cpu.rip, 1);
}

#[test]
fn iret_restores_what_was_pushed() {
    let mut machine = Machine::new(&[0xcf]);
    machine.cpu.regs[SP] = 0xffa;
    machine
        .memory(STACK, 0xffa, 6)
        .copy_from_slice(&[0x34, 0x12, 0x78, 0x56, 0xff, 0xff]);
    machine.steps(1).expect("iret");
    assert_eq!(machine.cpu.rip, 0x1234);
    assert_eq!(machine.cpu.segments[CS].selector, 0x5678);
    assert_eq!(
        machine.cpu.rflags, 0x7fd7,
        "without the bits that are always 0"
    );
    assert_eq!(machine.cpu.regs[SP], 0x1000);
}

#[test]
fn a_32_bit_iret_restores_32_bits() {
    let mut machine = Machine::new(&[0x66, 0xcf]);
    machine.cpu.regs[SP] = 0xff4;
    machine.memory(STACK, 0xff4, 12).copy_from_slice(&[
        0x34, 0x12, 0, 0, 0x78, 0x56, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    ]);
    machine.steps(1).expect("iretd");
    assert_eq!(machine.cpu.rip, 0x1234);
    // RF, AC and ID are among them, VM, VIF and VIP are not.
    assert_eq!(machine.cpu.rflags, 0x25_7fd7);
}

#[test]
fn a_fault_returns_to_the_instruction_and_leaves_no_trace() {
    let mut machine = machine(&[0x90, 0x2e, 0x0f, 0x0b]); // nop; cs ud2
    machine.steps(1).expect("nop");
    let before = machine.cpu.regs;
    assert_calls(&mut machine, 6, 1);
    assert_eq!(machine.cpu.regs[..4], before[..4]);
}

#[test]
fn an_index_out_of_bounds() {
    for (index, is_out) in [(-3i16, true), (-2, false), (5, false), (6, true)] {
        let mut machine = machine(&[0x62, 0x06, 0x00, 0x01]); // bound ax, [0x100]
        machine
            .memory(DATA, 0x100, 4)
            .copy_from_slice(&[0xfe, 0xff, 5, 0]);
        machine.cpu.regs[AX] = (index as u16).into();
        if is_out {
            assert_calls(&mut machine, 5, 0);
        } else {
            machine.steps(1).expect("bound");
            assert_eq!(machine.cpu.rip, 4);
        }
    }
}

#[test]
fn a_word_on_the_edge_of_a_segment_is_not_wrapped_around() {
    // mov ax, [0xffff]
    assert_calls(&mut machine(&[0xa1, 0xff, 0xff]), 13, 0);
    // mov ax, ss:[0xffff]
    assert_calls(&mut machine(&[0x36, 0xa1, 0xff, 0xff]), 12, 0);
    // mov eax, [ebx]
    let mut beyond = machine(&[0x67, 0x66, 0x8b, 0x03]);
    beyond.cpu.regs[BX] = 0x1_0000;
    assert_calls(&mut beyond, 13, 0);
    // In "unreal" mode, the segment's limit is higher.
    let mut unreal = machine(&[0x67, 0x66, 0x8b, 0x03]);
    unreal.cpu.regs[BX] = 0x1_0000;
    unreal.cpu.segments[DS].limit = u32::MAX;
    unreal.memory(EXTRA, 0, 4).fill(0x12);
    unreal.steps(1).expect("mov");
    assert_eq!(unreal.cpu.regs[AX], 0x1212_1212);
}

#[test]
fn code_beyond_the_segment() {
    let mut machine = machine(&[]);
    machine.memory(CODE, 0xffff, 1).fill(0x90);
    machine.cpu.rip = 0xffff;
    machine.steps(1).expect("nop");
    assert_eq!(machine.cpu.rip, 0x1_0000);
    assert_calls(&mut machine, 13, 0);
    // An instruction that begins in the segment and ends outside.
    machine.memory(CODE, 0xffff, 1).fill(0xb0);
    machine.cpu.rip = 0xffff;
    machine.cpu.segments[CS].base = u32::from(CODE) << 4;
    assert_calls(&mut machine, 13, 0xffff);
}

#[test]
fn an_instruction_of_more_than_15_bytes() {
    let mut code = [0x26; 16];
    code[14] = 0x90;
    let mut longest = machine(&code);
    longest.steps(1).expect("nop");
    assert_eq!(longest.cpu.rip, 15);
    code[14] = 0x26;
    assert_calls(&mut machine(&code), 13, 0);
}

#[test]
fn lock_where_it_may_not_be() {
    let allowed = [
        assemble(|a| a.lock().add(word_ptr(bx), ax)),
        assemble(|a| a.lock().not(byte_ptr(bx))),
        assemble(|a| a.lock().xchg(word_ptr(bx), ax)),
        assemble(|a| a.lock().btc(word_ptr(bx), 1)),
    ];
    for code in allowed {
        let mut machine = machine(&code);
        machine.steps(1).expect("locked");
        assert_eq!(machine.cpu.rip, code.len() as u64);
    }
    let forbidden: [&[u8]; 5] = [
        &[0xf0, 0x90],       // nop
        &[0xf0, 0x01, 0xd8], // add ax, bx
        &[0xf0, 0x03, 0x07], // add ax, [bx]
        &[0xf0, 0x39, 0x07], // cmp [bx], ax
        &[0xf0, 0xa4],       // movsb
    ];
    for code in forbidden {
        assert_calls(&mut machine(code), 6, 0);
    }
}

#[test]
fn a_trap_comes_after_each_instruction() {
    let mut machine = Machine::assemble(|a| {
        a.popf()?;
        a.inc(ax)?;
        a.inc(ax)?;
        a.hlt()
    });
    machine.handle(
        1,
        &assemble(|a| {
            a.inc(bx)?;
            a.iret()
        }),
    );
    machine.cpu.regs[SP] = 0x1000;
    machine.memory(STACK, 0x1000, 2).copy_from_slice(&[2, 1]);
    machine
        .steps(2)
        .expect("popf sets TF, and inc is the first to be trapped");
    assert!(machine.has_called(1));
    assert_eq!(return_address(&mut machine), 2);
    assert_eq!(machine.cpu.rflags & TF, 0, "the handler is not trapped");
    machine.run();
    assert_eq!(machine.cpu.regs[AX], 2);
    assert_eq!(
        machine.cpu.regs[BX], 2,
        "two times inc; hlt comes before its trap"
    );
}

#[test]
fn a_repetition_is_trapped_at_each_turn() {
    let mut machine = machine(&[0xf3, 0xaa, 0x90]); // rep stosb
    machine.cpu.regs[CX] = 2;
    machine.cpu.rflags |= TF;
    assert_calls(&mut machine, 1, 0);
    machine.cpu.rip = 0;
    machine.cpu.segments[CS].base = u32::from(CODE) << 4;
    machine.cpu.rflags |= TF;
    assert_calls(&mut machine, 1, 2);
    assert_eq!(machine.cpu.regs[CX], 0);
}

#[test]
fn no_trap_between_a_new_stack_segment_and_its_stack_pointer() {
    for code in [[0x8e, 0xd0, 0x90], [0x17, 0x90, 0x90]] {
        // mov ss, ax and pop ss
        let mut machine = machine(&code);
        machine.cpu.rflags |= TF;
        machine.steps(1).expect("ss is loaded");
        assert_eq!(machine.cpu.segments[SS].selector, 0);
        assert!(!machine.has_called(1));
        machine.steps(1).expect("nop");
        assert!(machine.has_called(1));
    }
}

#[test]
fn an_interrupt_takes_the_place_of_the_trap() {
    let mut machine = machine(&[0xcd, 0x06]);
    machine.cpu.rflags |= TF;
    assert_calls(&mut machine, 6, 2);
    assert_eq!(machine.memory(STACK, 0xffe, 2), [2, 1], "TF is saved");
}

#[test]
fn a_vector_beyond_the_table_is_a_general_protection_fault() {
    let mut machine = machine(&[0xcd, 0x40]);
    machine.cpu.idt.limit = 0x40 * 4 + 2;
    assert_calls(&mut machine, 13, 0);
}

#[test]
fn a_fault_of_a_handler_s_call_is_a_double_fault() {
    // The end of the stack is inside the pushed frame.
    let mut machine = machine(&[0xf7, 0xf1]); // div cx
    machine.cpu.regs[SP] = 0x0003;
    assert_eq!(machine.steps(1), Err(Stop::Shutdown));
    // #GP has no entry, and #DF has one.
    let mut machine = self::machine(&[0xcd, 0x40]);
    machine.cpu.idt.limit = 8 * 4 + 3;
    assert_calls(&mut machine, 8, 0);
}

#[test]
fn where_even_a_double_fault_has_no_handler_the_processor_shuts_down() {
    let mut machine = machine(&[0x0f, 0x0b]);
    machine.cpu.idt.limit = 0;
    machine.cpu.regs[AX] = 0x1234;
    let before = machine.cpu.clone();
    assert_eq!(machine.steps(1), Err(Stop::Shutdown));
    assert_eq!(machine.cpu, before);
}

#[test]
fn what_is_not_here_is_handed_over() {
    let mut machine = machine(&[0x66, 0x0f, 0x6f, 0xc1, 0xf4]); // movdqa xmm0, xmm1
    let before = machine.cpu.clone();
    assert_eq!(machine.steps(1), Err(Stop::Unhandleable));
    assert_eq!(machine.cpu, before);
    // A caller that cannot execute it either injects an exception.
    let injected = machine
        .cpu
        .inject_exception(&mut machine.board, Exception::InvalidOpcode);
    assert_eq!(injected, Ok(()));
    assert!(machine.has_called(6));
    assert_eq!(return_address(&mut machine), 0);
}

#[test]
fn what_the_bus_cannot_do_leaves_the_processor_as_it_was() {
    let mut machine = Machine::assemble(|a| a.push(ax));
    // There is no memory at this address.
    machine.cpu.segments[SS].base = 0xfffff0;
    let before = machine.cpu.clone();
    assert_eq!(machine.steps(1), Err(Stop::Error(0xfffff0 + 0xffe)));
    assert_eq!(machine.cpu, before);
}
