// SPDX-License-Identifier: MIT OR Apache-2.0

//! Jumps, calls, returns and stack frames.

use emulator::flags::ZF;
use iced_x86::code_asm::*;

use crate::machine::*;

/// Returns the address of the next instruction.
fn next(machine: &Machine) -> (u16, u64) {
    (machine.cpu.segments[CS].selector, machine.cpu.rip)
}

#[test]
fn a_16_bit_jump_stays_in_64_kib() {
    let mut machine = Machine::new(&[0xeb, 0xfc]); // jmp short -4
    machine.steps(1).expect("jmp");
    assert_eq!(next(&machine), (CODE, 0xfffe));
    let mut machine = Machine::new(&[0xe9, 0xff, 0xff]); // jmp +0xffff, backwards by 1
    machine.cpu.rip = 0;
    machine.steps(1).expect("jmp");
    assert_eq!(next(&machine), (CODE, 0x0002));
}

#[test]
fn a_32_bit_jump_out_of_the_segment_is_a_general_protection_fault() {
    let mut machine = Machine::new(&[0x66, 0xe9, 0, 0, 1, 0]); // jmp dword +0x10000
    machine.handle(13, &[0xf4]);
    machine.steps(1).expect("the handler is called");
    assert!(machine.has_called(13));
    assert_eq!(
        machine.memory(STACK, 0xffa, 4),
        [0, 0, 0, 0x10],
        "the jump is what is at fault"
    );
}

#[test]
fn a_jump_may_go_as_far_as_the_limit() {
    for (limit, is_in) in [(0x12, true), (0x11, false)] {
        let mut machine = Machine::new(&[0xeb, 0x10]); // jmp short +0x10
        machine.cpu.segments[CS].limit = limit;
        // Handlers are within the limit as well: the vector table is all zeros.
        machine.steps(1).expect("jmp, or a handler");
        assert_eq!(next(&machine), if is_in { (CODE, 0x12) } else { (0, 0) });
    }
}

#[test]
fn a_jump_may_need_a_condition() {
    let mut machine = Machine::assemble(|a| {
        let mut less = a.create_label();
        let mut end = a.create_label();
        a.mov(ax, 0xffff)?;
        a.cmp(ax, 1)?;
        a.jl(less)?;
        a.hlt()?;
        a.set_label(&mut less)?;
        a.inc(bx)?;
        a.cmp(ax, 1)?;
        a.jb(end)?;
        a.inc(bx)?;
        a.set_label(&mut end)?;
        a.hlt()
    });
    machine.run();
    assert_eq!(
        machine.cpu.regs[BX], 2,
        "-1 is less than 1, and 65535 is not below 1"
    );
}

#[test]
fn jumps_through_registers_memory_and_far_pointers() {
    let mut machine = Machine::assemble(|a| {
        a.jmp(ax)?;
        a.nops_with_size(6)?;
        // 8:
        a.db(&[0xff, 0x26, 0x00, 0x01])?; // jmp [0x100]
        a.nops_with_size(4)?;
        // 16:
        a.db(&[0xff, 0x2e, 0x02, 0x01])?; // jmp far [0x102]
        Ok(())
    });
    machine.cpu.regs[AX] = 8;
    machine
        .memory(DATA, 0x100, 6)
        .copy_from_slice(&[16, 0, 0x34, 0x12, 0x78, 0x56]);
    machine.steps(3).expect("three jumps");
    assert_eq!(next(&machine), (0x5678, 0x1234));
    assert_eq!(machine.cpu.segments[CS].base, 0x56780);
}

#[test]
fn a_call_returns_and_takes_its_arguments_from_the_stack() {
    let mut machine = Machine::assemble(|a| {
        let mut double = a.create_label();
        a.push(21)?;
        a.call(double)?;
        a.hlt()?;
        a.set_label(&mut double)?;
        a.push(bp)?;
        a.mov(bp, sp)?;
        a.mov(ax, word_ptr(bp + 4))?;
        a.add(ax, ax)?;
        a.pop(bp)?;
        a.ret_1(2)
    });
    machine.run();
    assert_eq!(machine.cpu.regs[AX], 42);
    assert_eq!(machine.cpu.regs[SP], 0x1000);
}

#[test]
fn a_far_call_returns_to_its_segment() {
    let mut machine = Machine::assemble(|a| {
        a.db(&[0x9a, 0x00, 0x02])?; // call far HANDLERS:0x200
        a.dw(&[HANDLERS])?;
        a.hlt()
    });
    machine.handle(
        2,
        &assemble(|a| {
            a.mov(ax, cs)?;
            a.retf()
        }),
    );
    machine.run();
    assert_eq!(machine.cpu.regs[AX], HANDLERS.into());
    assert_eq!(next(&machine), (CODE, 6));
    assert_eq!(machine.memory(STACK, 0xffc, 4), [5, 0, 0, 0x10]);
}

#[test]
fn a_call_of_32_bits_pushes_32_bits() {
    let mut machine = Machine::new(&[0x66, 0xe8, 1, 0, 0, 0, 0xf4, 0x66, 0xc3]);
    machine.run();
    assert_eq!(next(&machine), (CODE, 7));
    assert_eq!(machine.memory(STACK, 0xffc, 4), [6, 0, 0, 0]);
}

#[test]
#[cfg_attr(miri, ignore = "takes long")]
fn loops_count_cx_or_ecx() {
    let count = |code: &[u8]| {
        let mut machine = Machine::new(&[code, &[0xf4]].concat());
        machine.cpu.regs[CX] = 0x1_0003;
        let mut steps = 0;
        while !machine.board.halted {
            machine.steps(1).expect("loop or hlt");
            steps += 1;
        }
        (steps - 1, machine.cpu.regs[CX])
    };
    assert_eq!(count(&[0xe2, 0xfe]), (3, 0x1_0000));
    assert_eq!(count(&[0x67, 0xe2, 0xfd]), (0x1_0003, 0));
}

#[test]
#[cfg_attr(miri, ignore = "takes long")]
fn a_loop_from_0_goes_round_65536_times() {
    let mut machine = Machine::new(&[0x40, 0xe2, 0xfd, 0xf4]); // inc ax; loop
    machine.run();
    assert_eq!(machine.cpu.regs[AX], 0);
    assert_eq!(machine.cpu.regs[CX], 0);
    let mut machine = Machine::new(&[0xe3, 0x01, 0x40, 0xf4]); // jcxz, over inc ax
    machine.run();
    assert_eq!(machine.cpu.regs[AX], 0);
}

#[test]
fn a_loop_may_have_a_condition() {
    for (opcode, flags, is_taken) in [
        (0xe1, ZF, true),
        (0xe1, 0, false),
        (0xe0, 0, true),
        (0xe0, ZF, false),
    ] {
        let mut machine = Machine::new(&[opcode, 0x10]);
        machine.cpu.regs[CX] = 2;
        machine.cpu.rflags |= flags;
        machine.steps(1).expect("loop");
        assert_eq!(machine.cpu.rip, if is_taken { 0x12 } else { 2 });
        assert_eq!(machine.cpu.regs[CX], 1);
        assert_eq!(machine.flags(), flags);
    }
}

#[test]
fn frames_are_entered_and_left() {
    let mut machine = Machine::assemble(|a| {
        a.enter(0x20, 0)?;
        a.mov(ax, bp)?;
        a.mov(bx, sp)?;
        a.leave()?;
        a.hlt()
    });
    machine.cpu.regs[BP] = 0x1234;
    machine.run();
    assert_eq!(machine.cpu.regs[AX], 0x0ffe);
    assert_eq!(machine.cpu.regs[BX], 0x0fde);
    assert_eq!(machine.cpu.regs[BP], 0x1234);
    assert_eq!(machine.cpu.regs[SP], 0x1000);
}

#[test]
fn a_nested_frame_has_pointers_to_those_around_it() {
    let mut machine = Machine::assemble(|a| {
        a.enter(4, 3)?;
        a.hlt()
    });
    machine.cpu.regs[BP] = 0x2000;
    machine
        .memory(STACK, 0x1ffc, 4)
        .copy_from_slice(&[0x22, 0x22, 0x11, 0x11]);
    machine.run();
    // BP; the frames of levels 1 and 2; this frame.
    let frame = [0xfe, 0x0f, 0x22, 0x22, 0x11, 0x11, 0x00, 0x20];
    assert_eq!(machine.memory(STACK, 0x0ff8, 8), frame);
    assert_eq!(machine.cpu.regs[BP], 0x0ffe);
    assert_eq!(machine.cpu.regs[SP], 0x0ff4);
}
