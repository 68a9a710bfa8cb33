// SPDX-License-Identifier: MIT OR Apache-2.0

//! Moves, exchanges, conversions, and the stack.

use emulator::flags::ZF;
use iced_x86::code_asm::*;

use crate::machine::*;

#[test]
fn a_register_keeps_what_is_not_written() {
    let mut machine = Machine::assemble(|a| {
        a.mov(ah, 0x11)?;
        a.mov(cl, 0x22)?;
        a.mov(dx, 0x3344)?;
        a.mov(ebx, 0x5566_7788)?;
        a.hlt()
    });
    machine.cpu.regs = [0xaaaa_aaaa_aaaa_aaaa; 16];
    machine.run();
    assert_eq!(machine.cpu.regs[AX], 0xaaaa_aaaa_aaaa_11aa);
    assert_eq!(machine.cpu.regs[CX], 0xaaaa_aaaa_aaaa_aa22);
    assert_eq!(machine.cpu.regs[DX], 0xaaaa_aaaa_aaaa_3344);
    assert_eq!(machine.cpu.regs[BX], 0x5566_7788);
}

#[test]
fn memory_is_reached_in_every_way() {
    let mut machine = Machine::assemble(|a| {
        a.mov(bx, 0x100)?;
        a.mov(bp, 0x200)?;
        a.mov(si, 0xfff0)?;
        a.mov(di, 0x10)?;
        a.mov(byte_ptr(0x1234), 1)?;
        a.mov(byte_ptr(bx + si), 2)?;
        a.mov(byte_ptr(bx + di + 0x7f), 3)?;
        a.mov(byte_ptr(bp + si - 1), 4)?;
        a.mov(byte_ptr(bp + di + 0x1000), 5)?;
        a.mov(byte_ptr(bp), 6)?;
        a.mov(byte_ptr(bp).ds(), 7)?;
        a.mov(byte_ptr(bx).es(), 8)?;
        a.mov(esi, 0x40)?;
        a.mov(byte_ptr(edi + esi * 4 + 0x2000), 9)?;
        a.mov(byte_ptr(esp + 4), 10)?;
        a.mov(byte_ptr(esi * 8 + 0x2000), 11)?;
        a.mov(byte_ptr(ebp + 1), 12)?;
        a.hlt()
    });
    machine.run();
    let places = [
        (DATA, 0x1234, 1),
        // 16-bit addresses are truncated to 16 bits.
        (DATA, 0x00f0, 2),
        (DATA, 0x018f, 3),
        (STACK, 0x01ef, 4),
        (STACK, 0x1210, 5),
        (STACK, 0x0200, 6),
        (DATA, 0x0200, 7),
        (EXTRA, 0x0100, 8),
        (DATA, 0x2110, 9),
        (STACK, 0x1004, 10),
        (DATA, 0x2200, 11),
        (STACK, 0x0201, 12),
    ];
    for (segment, offset, value) in places {
        assert_eq!(
            machine.memory(segment, offset, 1),
            [value],
            "{segment:x}:{offset:x}"
        );
    }
}

#[test]
fn a_byte_is_widened_with_or_without_its_sign() {
    let mut machine = Machine::assemble(|a| {
        a.mov(al, 0x80)?;
        a.movzx(bx, al)?;
        a.movsx(cx, al)?;
        a.movsx(edx, al)?;
        a.mov(si, 0x8000)?;
        a.movzx(edi, si)?;
        a.movsx(esi, si)?;
        a.hlt()
    });
    machine.run();
    assert_eq!(machine.cpu.regs[BX], 0x0080);
    assert_eq!(machine.cpu.regs[CX], 0xff80);
    assert_eq!(machine.cpu.regs[DX], 0xffff_ff80);
    assert_eq!(machine.cpu.regs[SI], 0xffff_8000);
    assert_eq!(machine.cpu.regs[DI], 0x8000);
}

#[test]
fn the_accumulator_is_widened_in_place_or_into_dx() {
    let mut machine = Machine::assemble(|a| {
        a.mov(ax, 0x1280)?;
        a.cbw()?;
        a.mov(bx, ax)?;
        a.cwd()?;
        a.mov(cx, dx)?;
        a.cwde()?;
        a.cdq()?;
        a.hlt()
    });
    machine.run();
    assert_eq!(machine.cpu.regs[BX], 0xff80);
    assert_eq!(machine.cpu.regs[CX], 0xffff);
    assert_eq!(machine.cpu.regs[AX], 0xffff_ff80);
    assert_eq!(machine.cpu.regs[DX], 0xffff_ffff);
}

#[test]
fn xadd_and_cmpxchg_with_memory() {
    let mut machine = Machine::assemble(|a| {
        a.mov(word_ptr(0), 5)?;
        a.mov(cx, 3)?;
        a.xadd(word_ptr(0), cx)?;
        // It is 8 now, not 7.
        a.mov(ax, 7)?;
        a.mov(dx, 1)?;
        a.cmpxchg(word_ptr(0), dx)?;
        a.mov(bx, ax)?;
        a.cmpxchg(word_ptr(0), dx)?;
        a.hlt()
    });
    machine.run();
    assert_eq!(machine.cpu.regs[CX], 5);
    assert_eq!(machine.cpu.regs[BX], 8);
    assert_eq!(machine.memory(DATA, 0, 2), [1, 0]);
    assert_eq!(machine.flags() & ZF, ZF);
}

#[test]
fn a_conditional_move_clears_the_upper_half_even_if_it_does_not_move() {
    let mut machine = Machine::assemble(|a| {
        a.cmovc(eax, ecx)?;
        a.cmovc(dx, cx)?;
        a.hlt()
    });
    machine.cpu.regs = [u64::MAX; 16];
    machine.run();
    assert_eq!(machine.cpu.regs[AX], 0xffff_ffff);
    assert_eq!(machine.cpu.regs[DX], u64::MAX);
}

#[test]
fn bytes_are_turned_around() {
    let mut machine = Machine::assemble(|a| {
        a.mov(eax, 0x1234_5678)?;
        a.bswap(eax)?;
        a.hlt()
    });
    machine.run();
    assert_eq!(machine.cpu.regs[AX], 0x7856_3412);
}

#[test]
fn the_stack_pointer_is_pushed_as_it_was() {
    let mut machine = Machine::assemble(|a| {
        a.push(sp)?;
        a.pop(ax)?;
        a.push(0x1234)?;
        a.pop(sp)?;
        a.hlt()
    });
    machine.run();
    assert_eq!(machine.cpu.regs[AX], 0x1000);
    assert_eq!(machine.cpu.regs[SP], 0x1234);
}

#[test]
fn a_pop_to_memory_by_esp_goes_by_the_stack_pointer_after_it() {
    let mut machine = Machine::assemble(|a| {
        a.push(0)?;
        a.push(0x1234)?;
        a.pop(word_ptr(esp + 2))?;
        a.hlt()
    });
    machine.run();
    assert_eq!(
        machine.memory(STACK, 0xffc, 6),
        [0x34, 0x12, 0, 0, 0x34, 0x12]
    );
    assert_eq!(machine.cpu.regs[SP], 0x0ffe);
}

#[test]
fn what_is_pushed_is_sign_extended_or_zero_extended() {
    let mut machine = Machine::assemble(|a| {
        a.db(&[0x66, 0x6a, 0xff])?; // push dword -1
        a.pop(eax)?;
        a.db(&[0x66, 0x1e])?; // push dword ds
        a.pop(ebx)?;
        a.hlt()
    });
    machine.run();
    assert_eq!(machine.cpu.regs[AX], 0xffff_ffff);
    assert_eq!(machine.cpu.regs[BX], DATA.into());
}

#[test]
fn all_registers_are_pushed_and_popped_but_sp() {
    let mut machine = Machine::assemble(|a| {
        a.pusha()?;
        a.popa()?;
        a.pushad()?;
        a.mov(eax, dword_ptr(esp + 12))?;
        a.hlt()
    });
    machine.cpu.regs[..8].copy_from_slice(&[1, 2, 3, 4, 0x8_0010, 6, 7, 8]);
    machine.steps(1).expect("pusha");
    let pushed = [8, 0, 7, 0, 6, 0, 0x10, 0, 4, 0, 3, 0, 2, 0, 1, 0];
    assert_eq!(machine.memory(STACK, 0, 16), pushed);
    machine.memory(STACK, 0, 1)[0] = 9;
    machine.steps(1).expect("popa");
    assert_eq!(machine.cpu.regs[..8], [1, 2, 3, 4, 0x8_0010, 6, 7, 9]);
}

#[test]
fn the_stack_wraps_at_64_kib() {
    let mut machine = Machine::assemble(|a| {
        a.push(ax)?;
        a.push(ax)?;
        a.pop(bx)?;
        a.pop(bx)?;
        a.pop(bx)?;
        a.hlt()
    });
    machine.cpu.regs[AX] = 0x1234;
    machine.cpu.regs[SP] = 0xabcd_0002;
    machine.steps(2).expect("two pushes");
    assert_eq!(machine.cpu.regs[SP], 0xabcd_fffe);
    assert_eq!(machine.memory(STACK, 0xfffe, 2), [0x34, 0x12]);
    machine.run();
    assert_eq!(machine.cpu.regs[SP], 0xabcd_0004);
}

#[test]
fn a_32_bit_stack_has_a_32_bit_pointer() {
    let mut machine = Machine::assemble(|a| {
        a.push(ax)?;
        a.hlt()
    });
    machine.cpu.segments[SS].db = true;
    machine.cpu.segments[SS].limit = u32::MAX;
    machine.cpu.regs[SP] = 0x1_0000;
    machine.cpu.regs[AX] = 0x1234;
    machine.run();
    assert_eq!(machine.cpu.regs[SP], 0xfffe);
    machine.cpu.regs[SP] = 0x2_0000;
    machine.cpu.rip = 0;
    machine.run();
    assert_eq!(machine.cpu.regs[SP], 0x1_fffe);
    assert_eq!(machine.memory(STACK + 0x1000, 0xfffe, 2), [0x34, 0x12]);
}
