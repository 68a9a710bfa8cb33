// SPDX-License-Identifier: MIT OR Apache-2.0

//! Flags, segment registers, and the rest.

use emulator::flags::{CF, DF, ID, IF, TF};
use emulator::DescriptorTable;
use iced_x86::code_asm::*;

use crate::machine::*;

#[test]
fn flags_are_set_cleared_and_complemented() {
    let after = |code: &[u8], before| {
        let mut machine = Machine::new(code);
        machine.cpu.rflags = before;
        machine.steps(code.len()).expect("flags");
        machine.cpu.rflags
    };
    assert_eq!(after(&[0xf9, 0xfd, 0xfb], 2), 2 | CF | DF | IF);
    assert_eq!(after(&[0xf8, 0xfc, 0xfa], 2 | CF | DF | IF), 2);
    assert_eq!(after(&[0xf5], 2), 2 | CF);
    assert_eq!(after(&[0xf5, 0xf5], 2), 2);
}

#[test]
fn flags_go_through_ah_and_the_stack() {
    let mut machine = Machine::assemble(|a| {
        a.mov(ah, 0xff)?;
        a.sahf()?;
        a.mov(ah, 0)?;
        a.lahf()?;
        a.push(-1)?;
        a.popf()?;
        a.db(&[0x66, 0x9c])?; // pushfd
        a.pop(ebx)?;
        a.db(&[0x66, 0x9d])?; // popfd
        a.hlt()
    });
    machine.cpu.regs[SP] = 0xfe0;
    machine.memory(STACK, 0xfe0, 4).fill(0xff);
    machine.cpu.rflags |= ID;
    machine.steps(5).expect("up to popf");
    assert_eq!(machine.cpu.regs[AX] >> 8, 0xd7);
    machine.steps(1).expect("popf");
    assert_eq!(machine.cpu.rflags, ID | 0x7fd7);
    // The rest without traps.
    machine.cpu.rflags &= !TF & !ID;
    machine.run();
    assert_eq!(machine.cpu.regs[BX], 0x7ed7);
    assert_eq!(machine.cpu.rflags, 0x24_7fd7);
}

#[test]
fn a_segment_register_takes_its_base_from_its_selector() {
    let mut machine = Machine::assemble(|a| {
        a.mov(ax, 0x1234)?;
        a.mov(fs, ax)?;
        a.mov(ebx, fs)?;
        a.push(ax)?;
        a.pop(gs)?;
        a.mov(word_ptr(0), fs)?;
        a.hlt()
    });
    machine.cpu.segments[FS].limit = 0x1_2345;
    machine.cpu.regs[BX] = u64::MAX;
    machine.run();
    let fs_now = machine.cpu.segments[FS];
    assert_eq!(
        (fs_now.selector, fs_now.base, fs_now.limit),
        (0x1234, 0x12340, 0x1_2345)
    );
    assert_eq!(machine.cpu.segments[GS].base, 0x12340);
    assert_eq!(machine.cpu.regs[BX], 0x1234);
    assert_eq!(machine.memory(DATA, 0, 4), [0x34, 0x12, 0, 0]);
}

#[test]
fn segment_registers_have_numbers() {
    for number in [ES, SS, DS, FS, GS] {
        // mov sreg, ax; mov cx, sreg
        let modrm = 0xc0 | (number as u8) << 3;
        let mut machine = Machine::new(&[0x8e, modrm, 0x8c, modrm | 1]);
        machine.cpu.regs[AX] = 0x1234;
        machine.steps(2).expect("two moves");
        assert_eq!(machine.cpu.segments[number].selector, 0x1234);
        assert_eq!(machine.cpu.regs[CX], 0x1234);
    }
}

#[test]
fn cs_is_loaded_by_jumps_only_and_there_are_six_segment_registers() {
    for code in [[0x8e, 0xc8], [0x8e, 0xf0], [0x8e, 0xf8], [0x8c, 0xf0]] {
        let mut machine = Machine::new(&code);
        machine.handle(6, &[0xf4]);
        machine.steps(1).expect("the handler is called");
        assert!(machine.has_called(6), "{code:02x?}");
    }
}

#[test]
fn a_far_pointer_is_loaded() {
    let mut machine = Machine::assemble(|a| {
        a.lss(esp, fword_ptr(0x100))?;
        a.lds(si, dword_ptr(0x106))?;
        a.hlt()
    });
    let pointers = [0xf0, 0, 0, 0, 0x00, 0x70, 0x11, 0x22, 0x33, 0x44];
    machine.memory(DATA, 0x100, 10).copy_from_slice(&pointers);
    machine.run();
    assert_eq!(machine.cpu.regs[SP], 0xf0);
    assert_eq!(machine.cpu.segments[SS].selector, 0x7000);
    assert_eq!(machine.cpu.regs[SI], 0x2211);
    assert_eq!(machine.cpu.segments[DS].base, 0x44330);
}

#[test]
fn an_address_is_taken_for_a_number() {
    let mut machine = Machine::assemble(|a| {
        a.lea(ax, word_ptr(bx + si + 0x10))?;
        a.lea(ecx, dword_ptr(bx + si))?;
        a.lea(dx, word_ptr(ebx + esi * 4))?;
        a.hlt()
    });
    machine.cpu.regs[BX] = 0xfff8;
    machine.cpu.regs[SI] = 0x0010;
    machine.run();
    assert_eq!(machine.cpu.regs[AX], 0x0018);
    assert_eq!(machine.cpu.regs[CX], 0x0008);
    assert_eq!(machine.cpu.regs[DX], 0x0038);
}

#[test]
fn a_byte_is_looked_up_in_a_table() {
    let mut machine = Machine::assemble(|a| {
        a.xlatb()?;
        a.hlt()
    });
    machine.memory(DATA, 0x1ff, 1).fill(7);
    machine.cpu.regs[BX] = 0x100;
    machine.cpu.regs[AX] = 0x12ff;
    machine.run();
    assert_eq!(machine.cpu.regs[AX], 0x1207);
}

#[test]
fn cpuid_is_the_bus_s() {
    let mut machine = Machine::assemble(|a| {
        a.cpuid()?;
        a.hlt()
    });
    machine.cpu.regs[AX] = 0x8000_0008;
    machine.cpu.regs[CX] = 0x1_0000_0001;
    machine.run();
    assert_eq!(machine.cpu.regs[..4], [0x8000_0008, 0x1234, 0x5678, 1]);
}

#[test]
fn descriptor_tables_are_loaded_and_stored() {
    let mut machine = Machine::assemble(|a| {
        a.db(&[0x0f, 0x01, 0x16, 0x00, 0x01])?; // lgdt [0x100]
        a.db(&[0x66, 0x0f, 0x01, 0x1e, 0x00, 0x01])?; // lidt dword [0x100]
        a.db(&[0x0f, 0x01, 0x0e, 0x10, 0x01])?; // sidt [0x110]
        a.hlt()
    });
    let table = [0xff, 0x03, 0x11, 0x22, 0x33, 0x44];
    machine.memory(DATA, 0x100, 6).copy_from_slice(&table);
    machine.run();
    let expected = |base| DescriptorTable { base, limit: 0x3ff };
    assert_eq!(machine.cpu.gdt, expected(0x33_2211));
    assert_eq!(machine.cpu.idt, expected(0x4433_2211));
    assert_eq!(machine.memory(DATA, 0x110, 6), table);
}

#[test]
fn the_machine_status_word_is_the_lower_half_of_cr0() {
    let mut machine = Machine::assemble(|a| {
        a.smsw(eax)?;
        a.smsw(bx)?;
        a.smsw(word_ptr(0))?;
        a.clts()?;
        a.hlt()
    });
    machine.cpu.cr0 = 0x6000_0018;
    machine.cpu.regs[BX] = 0xffff_ffff;
    machine.run();
    assert_eq!(machine.cpu.regs[AX], 0x6000_0018);
    assert_eq!(machine.cpu.regs[BX], 0xffff_0018);
    assert_eq!(machine.memory(DATA, 0, 4), [0x18, 0, 0, 0]);
    assert_eq!(machine.cpu.cr0, 0x6000_0010);
}

#[test]
fn wait_heeds_ts_if_it_is_to() {
    for (control, faults) in [(0x10, false), (0x12, false), (0x18, false), (0x1a, true)] {
        let mut machine = Machine::new(&[0x9b]);
        machine.handle(7, &[0xf4]);
        machine.cpu.cr0 = control;
        machine.steps(1).expect("wait");
        assert_eq!(machine.has_called(7), faults);
    }
}

#[test]
fn code_may_be_32_bit_by_default() {
    // mov eax, 0x12345678; mov ax, 0x9abc; mov [0x100], al by 16 bits; hlt
    let mut machine = Machine::new(&[
        0xb8, 0x78, 0x56, 0x34, 0x12, 0x66, 0xb8, 0xbc, 0x9a, 0x67, 0xa2, 0x00, 0x01, 0xf4,
    ]);
    machine.cpu.segments[CS].db = true;
    machine.run();
    assert_eq!(machine.cpu.regs[AX], 0x1234_9abc);
    assert_eq!(machine.memory(DATA, 0x100, 1), [0xbc]);
}

#[test]
fn a_prefix_names_a_segment() {
    let prefixes = [
        (ES, 0x26),
        (CS, 0x2e),
        (SS, 0x36),
        (DS, 0x3e),
        (FS, 0x64),
        (GS, 0x65),
    ];
    for (segment, prefix) in prefixes {
        let mut machine = Machine::new(&[prefix, 0xa0, 0x10, 0x00]); // mov al, [0x10]
        machine.cpu.segments[FS].base = 0x6_0000;
        machine.cpu.segments[GS].base = 0x7_0000;
        let address = machine.cpu.segments[segment].base as usize + 0x10;
        machine.board.memory[address] = 7;
        machine.steps(1).expect("mov");
        assert_eq!(machine.cpu.regs[AX], 7, "{prefix:x}");
    }
}

#[test]
fn the_last_of_contradicting_prefixes_holds() {
    let mut machine = Machine::new(&[0x26, 0x36, 0x66, 0x66, 0xa1, 0, 0]); // mov eax, ss:[0]
    machine.memory(STACK, 0, 4).fill(0x11);
    machine.steps(1).expect("mov");
    assert_eq!(machine.cpu.regs[AX], 0x1111_1111);
}

#[test]
fn hlt_completes_and_the_bus_is_told() {
    let mut machine = Machine::new(&[0xf4, 0x40]);
    machine.steps(1).expect("hlt");
    assert!(machine.board.halted);
    assert_eq!(machine.cpu.rip, 1);
    machine.steps(1).expect("inc, as after an interrupt");
    assert_eq!(machine.cpu.regs[AX], 1);
}
