// SPDX-License-Identifier: MIT OR Apache-2.0

//! String instructions, `rep`, and ports.

use emulator::flags::{DF, RF, ZF};
use iced_x86::code_asm::*;

use crate::machine::*;

#[test]
fn strings_go_from_ds_si_to_es_di_either_way() {
    let mut machine = Machine::assemble(|a| {
        a.movsb()?;
        a.std()?;
        a.movsw()?;
        a.hlt()
    });
    machine.memory(DATA, 0x10, 3).copy_from_slice(&[1, 2, 3]);
    machine.cpu.regs[SI] = 0x10;
    machine.cpu.regs[DI] = 0x20;
    machine.run();
    assert_eq!(machine.memory(EXTRA, 0x20, 3), [1, 2, 3]);
    assert_eq!(machine.cpu.regs[SI], 0x0f);
    assert_eq!(machine.cpu.regs[DI], 0x1f);
}

#[test]
fn a_prefix_changes_the_source_s_segment_only() {
    let mut machine = Machine::new(&[0x36, 0xa4]); // movs byte es:[di], ss:[si]
    machine.memory(STACK, 0, 1).fill(7);
    machine.steps(1).expect("movsb");
    assert_eq!(machine.memory(EXTRA, 0, 1), [7]);
}

#[test]
fn an_index_wraps_at_64_kib_or_has_32_bits() {
    let mut machine = Machine::new(&[0xac, 0x67, 0xac]); // lodsb by si, by esi
    machine.cpu.regs[SI] = 0x0123_ffff;
    machine.steps(1).expect("lodsb");
    assert_eq!(machine.cpu.regs[SI], 0x0123_0000);
    machine.cpu.regs[SI] = 0xffff_ffff_0000_ffff;
    machine.steps(1).expect("lodsb");
    assert_eq!(machine.cpu.regs[SI], 0x1_0000);
}

#[test]
fn a_repetition_goes_a_step_at_a_time() {
    let mut machine = Machine::assemble(|a| a.rep().stosw());
    machine.cpu.regs[CX] = 0xaaaa_0003;
    machine.cpu.regs[AX] = 0x1234;
    let mut seen = Vec::new();
    for _ in 0..3 {
        machine.steps(1).expect("stosw");
        let cpu = &machine.cpu;
        seen.push((cpu.rip, cpu.regs[CX], cpu.regs[DI]));
    }
    assert_eq!(
        seen,
        [
            (0, 0xaaaa_0002, 2),
            (0, 0xaaaa_0001, 4),
            (2, 0xaaaa_0000, 6)
        ]
    );
    assert_eq!(
        machine.memory(EXTRA, 0, 8),
        [0x34, 0x12, 0x34, 0x12, 0x34, 0x12, 0, 0]
    );
}

#[test]
fn a_count_of_0_is_no_repetition_at_all() {
    let mut machine = Machine::assemble(|a| a.rep().stosb());
    machine.cpu.regs[AX] = 1;
    machine.steps(1).expect("rep");
    assert_eq!(machine.cpu.rip, 2);
    assert_eq!(machine.cpu.regs[CX], 0);
    assert_eq!(machine.memory(EXTRA, 0, 1), [0]);
}

#[test]
fn comparisons_end_when_they_have_found_what_they_look_for() {
    let mut machine = Machine::assemble(|a| {
        a.mov(cx, 8)?;
        a.repe().cmpsb()?;
        a.mov(dx, cx)?;
        a.xor(di, di)?;
        a.mov(al, 'c' as i32)?;
        a.mov(cx, 8)?;
        a.repne().scasb()?;
        a.hlt()
    });
    machine.memory(DATA, 0, 8).copy_from_slice(b"abcdefgh");
    machine.memory(EXTRA, 0, 8).copy_from_slice(b"abcxefgh");
    machine.run();
    assert_eq!(machine.cpu.regs[DX], 4);
    assert_eq!(machine.cpu.regs[DI], 3);
    assert_eq!(machine.cpu.regs[CX], 5);
    assert_eq!(machine.flags() & ZF, ZF);
}

#[test]
fn an_unequal_byte_leaves_its_flags() {
    let mut machine = Machine::assemble(|a| a.cmpsb());
    machine.memory(DATA, 0, 1).fill(1);
    machine.memory(EXTRA, 0, 1).fill(2);
    machine.steps(1).expect("cmpsb");
    // 1 - 2: source minus destination.
    assert!(machine.flags() & emulator::flags::CF != 0);
}

#[test]
fn a_repetition_before_something_else_means_nothing() {
    let mut machine = Machine::new(&[0xf3, 0x40, 0xf2, 0x40]); // rep inc ax; repne inc ax
    machine.steps(2).expect("inc");
    assert_eq!(machine.cpu.regs[AX], 2);
}

#[test]
fn ports_have_8_16_or_32_bits() {
    let mut machine = Machine::assemble(|a| {
        a.in_(al, 0x60)?;
        a.mov(dx, 0x1234)?;
        a.in_(ax, dx)?;
        a.out(dx, ax)?;
        a.in_(eax, dx)?;
        a.out(0x80, eax)?;
        a.hlt()
    });
    machine.cpu.regs[AX] = u64::MAX;
    machine.run();
    assert_eq!(machine.cpu.regs[AX], 0x0706_0504);
    let ports: Vec<_> = machine.board.accesses_but_fetches().collect();
    assert_eq!(
        ports,
        [
            &Access::Input(0x60, 1),
            &Access::Input(0x1234, 2),
            &Access::Output(0x1234, vec![2, 3]),
            &Access::Input(0x1234, 4),
            &Access::Output(0x80, vec![4, 5, 6, 7]),
        ]
    );
}

#[test]
fn strings_of_a_port() {
    let mut machine = Machine::assemble(|a| {
        a.mov(dx, 0x1f0)?;
        a.mov(cx, 2)?;
        a.rep().insw()?;
        a.mov(si, 1)?;
        a.outsb()?;
        a.hlt()
    });
    machine.memory(DATA, 1, 1).fill(9);
    machine.run();
    assert_eq!(machine.memory(EXTRA, 0, 4), [1, 2, 3, 4]);
    assert_eq!(machine.cpu.regs[DI], 4);
    let ports: Vec<_> = machine.board.accesses_but_fetches().collect();
    assert_eq!(
        ports,
        [
            &Access::InputString(0x1f0, 2, 2),
            &Access::Write(0x30000, 2),
            &Access::InputString(0x1f0, 2, 1),
            &Access::Write(0x30002, 2),
            &Access::Read(0x20001, 1),
            &Access::OutputString(0x1f0, vec![9]),
        ]
    );
}

/// As in KVM's `pio_in_emulated()`, which takes a page's remaining bytes for a
/// count of values: in the lab, KVM_EXIT_IO has a count of 16 for the third.
#[test]
fn how_far_a_port_is_read_ahead() {
    let ahead = |opcode, offset, count, flags| {
        let mut machine = Machine::new(&[0xf3, opcode]);
        machine.cpu.regs[DI] = offset;
        machine.cpu.regs[CX] = count;
        machine.cpu.rflags |= flags;
        machine.steps(1).expect("ins");
        let first = machine.board.accesses_but_fetches().next().cloned();
        match first {
            Some(Access::InputString(_, _, ahead)) => ahead,
            access => panic!("{access:?}"),
        }
    };
    let (insb, insw) = (0x6c, 0x6d);
    assert_eq!(ahead(insb, 0, 3, 0), 3);
    assert_eq!(ahead(insb, 0x1ff0, 0x100, 0), 0x10);
    assert_eq!(ahead(insw, 0x3ff0, 30, 0), 16);
    assert_eq!(ahead(insb, 0, 0x1000, 0), 1024);
    assert_eq!(ahead(insw, 0, 0x1000, 0), 512);
    assert_eq!(ahead(insb, 0x3001, 3, DF), 1);
    assert_eq!(ahead(insb, 0x3000, 3, DF), 1);
}

#[test]
fn nothing_is_read_from_a_port_that_cannot_be_stored() {
    let mut machine = Machine::new(&[0x6d]); // insw
    machine.handle(13, &[0xf4]);
    machine.cpu.regs[DI] = 0xffff;
    machine.steps(1).expect("the handler is called");
    assert!(machine.has_called(13));
    let mut accesses = machine.board.accesses.iter();
    assert!(!accesses.any(|access| matches!(access, Access::InputString(..))));
}

/// As at KVM's exits for `rep outsb`: even the last exit comes before the instruction ends.
#[test]
fn what_is_pending_keeps_a_repetition_from_its_end() {
    let mut machine = Machine::assemble(|a| a.rep().outsb());
    machine.cpu.regs[CX] = 1;
    machine.board.exit_pending = true;
    machine.steps(1).expect("outsb");
    assert_eq!((machine.cpu.rip, machine.cpu.regs[CX]), (0, 0));
    assert_eq!(machine.cpu.rflags, 2 | RF);
    machine.board.exit_pending = false;
    machine.steps(1).expect("rep, with nothing left to do");
    assert_eq!(machine.cpu.rip, 2);
    assert_eq!(machine.cpu.rflags, 2);
}
