// SPDX-License-Identifier: MIT OR Apache-2.0

//! Whole programs.

use iced_x86::code_asm::*;

use crate::machine::*;

#[test]
fn fibonacci_numbers() {
    let mut machine = Machine::assemble(|a| {
        let mut again = a.create_label();
        a.mov(ax, 0)?;
        a.mov(bx, 1)?;
        a.mov(cx, 20)?;
        a.set_label(&mut again)?;
        a.add(ax, bx)?;
        a.xchg(ax, bx)?;
        a.loop_(again)?;
        a.hlt()
    });
    machine.run();
    assert_eq!(machine.cpu.regs[AX], 6765);
}

#[test]
fn a_string_is_copied_up_to_its_end() {
    let mut machine = Machine::assemble(|a| {
        // The length, including the end.
        a.push(ds)?;
        a.pop(es)?;
        a.xor(di, di)?;
        a.mov(cx, 0xffff)?;
        a.xor(al, al)?;
        a.repne().scasb()?;
        a.not(cx)?;
        // Copies the string.
        a.mov(ax, u32::from(EXTRA))?;
        a.mov(es, ax)?;
        a.xor(si, si)?;
        a.mov(di, 0x100)?;
        a.rep().movsb()?;
        a.hlt()
    });
    machine.memory(DATA, 0, 6).copy_from_slice(b"hello\0");
    machine.memory(EXTRA, 0x100, 8).fill(b'-');
    machine.run();
    assert_eq!(machine.memory(EXTRA, 0x100, 8), b"hello\0--");
    assert_eq!(machine.cpu.regs[CX], 0);
    assert_eq!(machine.cpu.regs[SI], 6);
}

#[test]
fn primes_are_sieved() {
    let mut machine = Machine::assemble(|a| {
        let mut next = a.create_label();
        let mut strike = a.create_label();
        let mut struck = a.create_label();
        a.cld()?;
        a.xor(di, di)?;
        a.mov(al, 1)?;
        a.mov(cx, 100)?;
        a.rep().stosb()?;
        a.mov(si, 2)?;
        a.set_label(&mut next)?;
        a.mov(bx, si)?;
        a.set_label(&mut strike)?;
        a.add(bx, si)?;
        a.cmp(bx, 100)?;
        a.jae(struck)?;
        a.mov(byte_ptr(bx).es(), 0)?;
        a.jmp(strike)?;
        a.set_label(&mut struck)?;
        a.inc(si)?;
        a.cmp(si, 10)?;
        a.jbe(next)?;
        a.hlt()
    });
    machine.run();
    let primes: Vec<_> = (2..100)
        .filter(|number| machine.memory(EXTRA, *number, 1)[0] == 1)
        .collect();
    assert_eq!(primes.len(), 25);
    assert_eq!(primes[..8], [2, 3, 5, 7, 11, 13, 17, 19]);
    assert_eq!(primes[24], 97);
}

/// As in MS-DOS: a service is an interrupt, with its number in AH.
#[test]
fn an_interrupt_handler_serves_a_program() {
    let mut machine = Machine::assemble(|a| {
        a.sti()?;
        a.stc()?;
        a.mov(ax, 0x0207)?;
        a.int(0x21)?;
        a.hlt()
    });
    let square = assemble(|a| {
        a.pushf()?;
        a.pop(bx)?;
        a.mul(al)?;
        a.iret()
    });
    machine.handle(0x21, &square);
    machine.run();
    assert_eq!(machine.cpu.regs[AX], 49);
    assert_eq!(machine.cpu.rflags, 0x203, "IF and CF are back");
    assert_eq!(machine.cpu.regs[BX] & 0x201, 1, "IF was off in the handler");
    assert_eq!(machine.cpu.regs[SP], 0x1000);
}
