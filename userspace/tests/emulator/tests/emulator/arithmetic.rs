// SPDX-License-Identifier: MIT OR Apache-2.0

//! Binary and decimal arithmetic.

use emulator::flags::{AF, CF, OF, PF, SF, ZF};
use iced_x86::code_asm::*;

use crate::machine::*;

/// Executes one instruction with AX and CX as given and CF set or not; returns AX and the flags.
fn with_ax_cx(code: &[u8], first: u64, second: u64, carry: bool) -> (u64, u64) {
    let mut machine = Machine::new(code);
    machine.cpu.regs[AX] = first;
    machine.cpu.regs[CX] = second;
    machine.cpu.rflags |= if carry { CF } else { 0 };
    machine.steps(1).expect("one instruction");
    (machine.cpu.regs[AX], machine.flags())
}

#[test]
fn sums_and_their_flags() {
    let add = &assemble(|a| a.add(al, cl));
    assert_eq!(with_ax_cx(add, 0x7f, 0x01, true), (0x80, OF | SF | AF));
    assert_eq!(with_ax_cx(add, 0xff, 0x01, true), (0x00, CF | ZF | AF | PF));
    assert_eq!(with_ax_cx(add, 0x80, 0x80, true), (0x00, CF | OF | ZF | PF));
    assert_eq!(with_ax_cx(add, 0x12, 0x34, true), (0x46, 0));
    let adc = &assemble(|a| a.adc(ax, cx));
    assert_eq!(
        with_ax_cx(adc, 0xffff, 0xffff, true),
        (0xffff, CF | SF | AF | PF)
    );
    assert_eq!(
        with_ax_cx(adc, 0x7fff, 0, true),
        (0x8000, OF | SF | AF | PF)
    );
    assert_eq!(with_ax_cx(adc, 0x7fff, 0, false), (0x7fff, PF));
    let add = &assemble(|a| a.add(eax, ecx));
    assert_eq!(
        with_ax_cx(add, 0xffff_ffff, 1, false),
        (0, CF | ZF | AF | PF)
    );
}

#[test]
fn differences_and_their_flags() {
    let sub = &assemble(|a| a.sub(al, cl));
    assert_eq!(with_ax_cx(sub, 0x80, 0x01, true), (0x7f, OF | AF));
    assert_eq!(with_ax_cx(sub, 0x00, 0x01, true), (0xff, CF | SF | AF | PF));
    assert_eq!(with_ax_cx(sub, 0x55, 0x55, true), (0x00, ZF | PF));
    let sbb = &assemble(|a| a.sbb(ax, cx));
    assert_eq!(with_ax_cx(sbb, 0, 0xffff, true), (0, CF | ZF | AF | PF));
    assert_eq!(with_ax_cx(sbb, 0x8000, 0, true), (0x7fff, OF | AF | PF));
    let cmp = &assemble(|a| a.cmp(ax, cx));
    assert_eq!(with_ax_cx(cmp, 1, 2, false), (1, CF | SF | AF | PF));
    let neg = &assemble(|a| a.neg(al));
    assert_eq!(with_ax_cx(neg, 0x80, 0, false), (0x80, CF | OF | SF));
    assert_eq!(with_ax_cx(neg, 0, 0, true), (0, ZF | PF));
}

#[test]
fn steps_by_one_leave_the_carry() {
    let inc = &assemble(|a| a.inc(ax));
    assert_eq!(with_ax_cx(inc, 0xffff, 0, false), (0, ZF | AF | PF));
    assert_eq!(
        with_ax_cx(inc, 0x7fff, 0, true),
        (0x8000, CF | OF | SF | AF | PF)
    );
    let dec = &assemble(|a| a.dec(al));
    assert_eq!(with_ax_cx(dec, 0x00, 0, true), (0xff, CF | SF | AF | PF));
    assert_eq!(with_ax_cx(dec, 0x80, 0, false), (0x7f, OF | AF));
}

#[test]
fn a_small_immediate_is_sign_extended() {
    let add = &assemble(|a| a.db(&[0x83, 0xc0, 0xff])); // add ax, -1
    assert_eq!(with_ax_cx(add, 0x1234, 0, false).0, 0x1233);
}

#[test]
fn products_tell_whether_they_are_wide() {
    let mul = &assemble(|a| a.mul(cl));
    assert_eq!(
        with_ax_cx(mul, 0xaa10, 0x10, false),
        (0x0100, CF | OF | ZF | PF)
    );
    assert_eq!(with_ax_cx(mul, 0xaa0f, 0x10, true).0, 0x00f0);
    assert_eq!(with_ax_cx(mul, 0xaa0f, 0x10, true).1 & (CF | OF), 0);
    let imul = &assemble(|a| a.imul(cl));
    assert_eq!(with_ax_cx(imul, 0x00ff, 0xff, true).0, 1);
    assert_eq!(with_ax_cx(imul, 0x00ff, 0xff, true).1 & (CF | OF), 0);
    assert_eq!(with_ax_cx(imul, 0x0080, 0xff, false).0, 0x0080);
    assert_eq!(with_ax_cx(imul, 0x0080, 0xff, false).1 & (CF | OF), CF | OF);
    let imul = &assemble(|a| a.imul_2(ax, cx));
    assert_eq!(with_ax_cx(imul, 0x8000, 2, false).0, 0);
    assert_eq!(with_ax_cx(imul, 0x8000, 2, false).1 & (CF | OF), CF | OF);
    let imul = &assemble(|a| a.imul_3(eax, ecx, -3));
    assert_eq!(with_ax_cx(imul, 0, 7, false).0, 0xffff_ffeb);
}

#[test]
fn wide_products_and_quotients_take_two_registers() {
    let mut machine = Machine::assemble(|a| {
        a.mov(eax, 0x1234_5678)?;
        a.mov(ecx, 0x9abc_def0u32)?;
        a.mul(ecx)?;
        a.mov(esi, eax)?;
        a.mov(edi, edx)?;
        a.div(ecx)?;
        a.hlt()
    });
    machine.run();
    assert_eq!(
        machine.cpu.regs[DI] << 32 | machine.cpu.regs[SI],
        0x1234_5678 * 0x9abc_def0
    );
    assert_eq!(machine.cpu.regs[AX], 0x1234_5678);
    assert_eq!(machine.cpu.regs[DX], 0);
}

#[test]
fn a_remainder_has_the_sign_of_the_dividend() {
    let idiv = &assemble(|a| a.idiv(cl));
    let dividend = |number: i16| u64::from(number as u16);
    assert_eq!(with_ax_cx(idiv, dividend(-7), 2, false).0, 0xfffd);
    assert_eq!(with_ax_cx(idiv, dividend(7), 0xfe, false).0, 0x01fd);
}

#[test]
fn a_quotient_that_does_not_fit_is_a_divide_error() {
    let cases: [(Vec<u8>, u64, u64); 6] = [
        (assemble(|a| a.div(cl)), 0x0200, 2),
        (assemble(|a| a.div(cl)), 0x0001, 0),
        (assemble(|a| a.idiv(cl)), 0x0080, 1),
        (assemble(|a| a.idiv(cl)), 0x8000, 0xff),
        (assemble(|a| a.idiv(ecx)), 0x8000_0000, 0xffff_ffff),
        (assemble(|a| a.aam(0)), 1, 0),
    ];
    for (code, first, second) in cases {
        let mut machine = Machine::new(&code);
        machine.handle(0, &[0xf4]);
        machine.cpu.regs[AX] = first;
        machine.cpu.regs[CX] = second;
        // For the 32-bit one: the least number.
        machine.cpu.regs[DX] = 0x8000_0000;
        let before = machine.cpu.regs;
        machine.steps(1).expect("the handler is called");
        assert!(machine.has_called(0), "{code:02x?}");
        assert_eq!(machine.cpu.regs[..4], before[..4]);
        assert_eq!(
            machine.memory(STACK, 0xffa, 2),
            [0, 0],
            "it returns to the instruction"
        );
    }
    // -128 and -32768 do fit.
    let idiv = &assemble(|a| a.idiv(cl));
    assert_eq!(with_ax_cx(idiv, 0xff80, 1, false).0, 0x0080);
}

#[test]
fn packed_decimals() {
    let mut machine = Machine::assemble(|a| {
        a.mov(al, 0x79)?;
        a.add(al, 0x35)?;
        a.daa()?;
        a.mov(bl, al)?;
        a.setc(bh)?;
        a.mov(al, 0x35)?;
        a.sub(al, 0x47)?;
        a.das()?;
        a.hlt()
    });
    machine.run();
    assert_eq!(machine.cpu.regs[BX], 0x0114);
    assert_eq!(machine.cpu.regs[AX], 0x88);
    assert_eq!(machine.flags() & CF, CF);
}

/// The manual's `das`: the correction of the low digit can borrow from the high one.
#[test]
fn a_packed_difference_can_borrow_twice() {
    let das = &assemble(|a| a.das());
    let mut machine = Machine::new(das);
    machine.cpu.rflags |= AF;
    machine.cpu.regs[AX] = 0x05;
    machine.steps(1).expect("das");
    assert_eq!(machine.cpu.regs[AX], 0xff);
    assert_eq!(machine.flags() & (CF | AF), CF | AF);
}

#[test]
fn unpacked_decimals() {
    let mut machine = Machine::assemble(|a| {
        a.mov(ax, 0x0108)?;
        a.add(al, 9)?;
        a.aaa()?;
        a.mov(bx, ax)?; // 18 + 9
        a.mov(ax, 0x0205)?;
        a.sub(al, 7)?;
        a.aas()?;
        a.mov(cx, ax)?; // 25 - 7
        a.mov(al, 7)?;
        a.mov(dl, 9)?;
        a.mul(dl)?;
        a.aam(10)?;
        a.mov(dx, ax)?; // 7 times 9
        a.aad(10)?;
        a.hlt()
    });
    machine.run();
    assert_eq!(machine.cpu.regs[BX], 0x0207);
    assert_eq!(machine.cpu.regs[CX], 0x0108);
    assert_eq!(machine.cpu.regs[DX], 0x0603);
    assert_eq!(machine.cpu.regs[AX], 63);
}

/// QEMU 10 treats the divisor as negative.
#[test]
fn the_divisor_of_aam_is_unsigned() {
    for (dividend, divisor, quotient_and_rest) in [
        (0xcc, 0x80, 0x014c),
        (0xff, 0xff, 0x0100),
        (0x7f, 0x80, 0x007f),
    ] {
        let mut machine = Machine::assemble(|a| {
            a.mov(ax, dividend)?;
            a.aam(divisor)?;
            a.hlt()
        });
        machine.run();
        assert_eq!(machine.cpu.regs[AX], quotient_and_rest);
    }
}
