// SPDX-License-Identifier: MIT OR Apache-2.0

//! Logical operations, shifts, rotations, and single bits.

use emulator::flags::{CF, OF, PF, SF, ZF};
use iced_x86::code_asm::*;

use crate::machine::*;

/// Executes one instruction with AX, BX and CL as given and CF set or not; returns AX and flags.
fn with_ax_cl(code: &[u8], value: u64, count: u64, carry: bool) -> (u64, u64) {
    let mut machine = Machine::new(code);
    machine.cpu.regs[AX] = value;
    machine.cpu.regs[BX] = 0xbbbb_bbbb;
    machine.cpu.regs[CX] = count;
    machine.cpu.rflags |= if carry { CF } else { 0 };
    machine.steps(1).expect("one instruction");
    (machine.cpu.regs[AX], machine.flags())
}

#[test]
fn logical_operations_clear_carry_and_overflow() {
    let and = &assemble(|a| a.and(al, cl));
    assert_eq!(with_ax_cl(and, 0xf0, 0x8f, true), (0x80, SF));
    let xor = &assemble(|a| a.xor(ax, ax));
    assert_eq!(with_ax_cl(xor, 0x1234, 0, true), (0, ZF | PF));
    let test = &assemble(|a| a.test(ax, ax));
    assert_eq!(with_ax_cl(test, 0x8001, 0, true), (0x8001, SF));
    let not = &assemble(|a| a.not(ax));
    assert_eq!(with_ax_cl(not, 0x00ff, 0, true), (0xff00, CF));
}

#[test]
fn a_count_of_0_leaves_the_flags() {
    for code in [
        assemble(|a| a.shl(ax, cl)),
        assemble(|a| a.sar(ax, cl)),
        assemble(|a| a.ror(ax, cl)),
        assemble(|a| a.rcl(ax, cl)),
        assemble(|a| a.shld(ax, bx, cl)),
        assemble(|a| a.shrd(ax, bx, cl)),
    ] {
        for count in [0, 32, 64, 0xe0] {
            assert_eq!(
                with_ax_cl(&code, 0x8001, count, true),
                (0x8001, CF),
                "{code:02x?}"
            );
        }
    }
}

#[test]
fn shifts_and_what_falls_out() {
    let shl = &assemble(|a| a.shl(al, cl));
    assert_eq!(with_ax_cl(shl, 0x81, 1, false), (0x02, CF | OF));
    assert_eq!(with_ax_cl(shl, 0x81, 8, false).0, 0x00);
    assert_eq!(with_ax_cl(shl, 0x81, 8, false).1 & CF, CF);
    assert_eq!(with_ax_cl(shl, 0x81, 9, false), (0, ZF | PF));
    let shr = &assemble(|a| a.shr(ax, cl));
    assert_eq!(with_ax_cl(shr, 0x8001, 1, false), (0x4000, CF | OF | PF));
    assert_eq!(with_ax_cl(shr, 0x8001, 16, false).0, 0);
    assert_eq!(with_ax_cl(shr, 0x8001, 16, false).1 & CF, CF);
    assert_eq!(with_ax_cl(shr, 0x8001, 31, false), (0, ZF | PF));
    let sar = &assemble(|a| a.sar(al, cl));
    assert_eq!(with_ax_cl(sar, 0x82, 1, false), (0xc1, SF));
    assert_eq!(with_ax_cl(sar, 0x82, 31, false), (0xff, CF | SF | PF));
    assert_eq!(with_ax_cl(sar, 0x42, 31, true), (0, ZF | PF));
    let shl = &assemble(|a| a.shl(eax, cl));
    assert_eq!(with_ax_cl(shl, 3, 31, false).0, 0x8000_0000);
}

#[test]
fn double_shifts_take_bits_from_elsewhere() {
    let shld = &assemble(|a| a.shld(ax, bx, cl));
    assert_eq!(with_ax_cl(shld, 0x1234, 4, false).0, 0x234b);
    assert_eq!(with_ax_cl(shld, 0x1234, 4, false).1 & CF, CF);
    let shrd = &assemble(|a| a.shrd(ax, bx, cl));
    assert_eq!(with_ax_cl(shrd, 0x1234, 4, false).0, 0xb123);
    let shld = &assemble(|a| a.shld(eax, ebx, cl));
    assert_eq!(with_ax_cl(shld, 0x1234_5678, 8, false).0, 0x3456_78bb);
    let shrd = &assemble(|a| a.shrd(eax, ebx, 8));
    assert_eq!(with_ax_cl(shrd, 0x1234_5678, 0, false).0, 0xbb12_3456);
}

#[test]
fn rotations_go_round_in_the_operand() {
    let rol = &assemble(|a| a.rol(al, cl));
    assert_eq!(with_ax_cl(rol, 0x81, 1, false), (0x03, CF | OF));
    // Eight is a full turn: nothing moves, and yet CF is set.
    assert_eq!(with_ax_cl(rol, 0x81, 8, false).0, 0x81);
    assert_eq!(with_ax_cl(rol, 0x81, 8, false).1 & CF, CF);
    assert_eq!(with_ax_cl(rol, 0x81, 9, false).0, 0x03);
    let ror = &assemble(|a| a.ror(ax, cl));
    assert_eq!(with_ax_cl(ror, 0x0001, 1, false), (0x8000, CF | OF));
    assert_eq!(with_ax_cl(ror, 0x1234, 20, false).0, 0x4123);
}

#[test]
fn rotations_through_the_carry_go_round_one_bit_later() {
    let rcl = &assemble(|a| a.rcl(al, cl));
    assert_eq!(with_ax_cl(rcl, 0x80, 1, true), (0x01, CF | OF));
    assert_eq!(with_ax_cl(rcl, 0x80, 8, true), (0xc0, 0));
    // Nine is a full turn, and leaves the flags unchanged too.
    assert_eq!(with_ax_cl(rcl, 0x80, 9, true), (0x80, CF));
    assert_eq!(with_ax_cl(rcl, 0x80, 9, false), (0x80, 0));
    assert_eq!(with_ax_cl(rcl, 0x80, 10, true).0, 0x01);
    let rcr = &assemble(|a| a.rcr(ax, cl));
    assert_eq!(with_ax_cl(rcr, 0x0001, 1, false), (0, CF));
    assert_eq!(with_ax_cl(rcr, 0x0001, 17, true), (0x0001, CF));
    assert_eq!(with_ax_cl(rcr, 0x0001, 16, true).0, 0x0003);
    let rcl = &assemble(|a| a.rcl(eax, cl));
    assert_eq!(with_ax_cl(rcl, 0x8000_0000, 31, true).0, 0x6000_0000);
}

/// QEMU 10 clears the operand.
#[test]
fn a_constant_may_be_once_round_too() {
    for code in [
        assemble(|a| a.rcl(al, 9)),
        assemble(|a| a.rcl(al, 0x20 + 27)),
        assemble(|a| a.rcr(al, 18)),
        assemble(|a| a.rcl(ax, 17)),
        assemble(|a| a.rcr(ax, 17)),
    ] {
        for carry in [false, true] {
            let (value, flags) = with_ax_cl(&code, 0x8042, 0, carry);
            assert_eq!((value, flags & CF != 0), (0x8042, carry), "{code:02x?}");
        }
    }
}

/// QEMU 10 uses all bits that `shl` has shifted out.
#[test]
fn the_carry_of_a_shift_is_one_bit() {
    let mut machine = Machine::assemble(|a| {
        a.mov(ax, 0xf000)?;
        a.shl(ax, 4)?;
        a.rcl(bx, 1)?;
        a.mov(ax, 0xf000)?;
        a.shld(ax, cx, 4)?;
        a.rcl(dx, 1)?;
        a.hlt()
    });
    machine.run();
    assert_eq!((machine.cpu.regs[BX], machine.cpu.regs[DX]), (1, 1));
}

#[test]
fn a_bit_is_tested_and_changed() {
    let bts = &assemble(|a| a.bts(ax, cx));
    assert_eq!(with_ax_cl(bts, 0, 0x13, true), (0x0008, 0));
    let btr = &assemble(|a| a.btr(ax, 3));
    assert_eq!(with_ax_cl(btr, 0xffff, 0, false), (0xfff7, CF));
    let btc = &assemble(|a| a.btc(eax, ecx));
    assert_eq!(with_ax_cl(btc, 0, 63, false), (0x8000_0000, 0));
}

#[test]
fn the_number_of_a_bit_reaches_beyond_the_operand() {
    let mut machine = Machine::assemble(|a| {
        a.mov(bx, 0x100)?;
        a.mov(ax, 20)?;
        a.bts(word_ptr(bx), ax)?;
        a.mov(ax, 0xffff)?; // -1
        a.bts(word_ptr(bx), ax)?;
        a.bts(word_ptr(bx), 0x1f)?; // of an immediate bit number, only the low bits count
        a.hlt()
    });
    machine.run();
    assert_eq!(
        machine.memory(DATA, 0xfe, 6),
        [0x00, 0x80, 0x00, 0x80, 0x10, 0x00]
    );
}

#[test]
fn bits_are_found() {
    let bsf = &assemble(|a| a.bsf(ax, cx));
    assert_eq!(with_ax_cl(bsf, 0xaaaa, 0x0050, false).0, 4);
    assert_eq!(with_ax_cl(bsf, 0xaaaa, 0x0050, false).1 & ZF, 0);
    let bsr = &assemble(|a| a.bsr(eax, ecx));
    assert_eq!(with_ax_cl(bsr, 0xaaaa, 0x0050, false).0, 6);
    // With a source of 0, ZF is set, and the destination stays.
    assert_eq!(with_ax_cl(bsr, 0xaaaa, 0, false).0, 0xaaaa);
    assert_eq!(with_ax_cl(bsr, 0xaaaa, 0, false).1 & ZF, ZF);
}

#[test]
fn the_sixteen_conditions() {
    let numbers: [u8; 8] = [0, 1, 2, 0x7f, 0x80, 0x81, 0xfe, 0xff];
    for (a, b) in numbers.iter().flat_map(|a| numbers.map(|b| (*a, b))) {
        let (signed_a, signed_b) = (a as i8, b as i8);
        let difference = a.wrapping_sub(b);
        let conditions = [
            signed_a.checked_sub(signed_b).is_none(),
            a < b,
            a == b,
            a <= b,
            (difference as i8) < 0,
            difference.count_ones() % 2 == 0,
            signed_a < signed_b,
            signed_a <= signed_b,
        ];
        for (number, holds) in (0..).zip(conditions) {
            for (code, holds) in [(2 * number, holds), (2 * number + 1, !holds)] {
                // cmp al, b; setcc al
                let mut machine = Machine::new(&[0x3c, b, 0x0f, 0x90 | code, 0xc0]);
                machine.cpu.regs[AX] = a.into();
                machine.steps(2).expect("cmp and setcc");
                assert_eq!(
                    machine.cpu.regs[AX],
                    holds.into(),
                    "{code:x} of {a} and {b}"
                );
            }
        }
    }
}
