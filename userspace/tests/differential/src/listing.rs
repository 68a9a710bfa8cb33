// SPDX-License-Identifier: MIT OR Apache-2.0

//! A program as assembly.

use std::fmt::Write;

use emulator::Cpu;
use iced_x86::{Decoder, DecoderOptions, Formatter, IntelFormatter};

use crate::assembler::Assembly;
use crate::program::Program;

/// Returns the registers at the start, then each instruction with its address and its bytes.
pub fn listing(program: &Program, assembly: &Assembly) -> String {
    let mut text = format!("; {}\n{}", program.name, registers(&program.cpu));
    let mut formatter = IntelFormatter::new();
    let start = assembly.offsets[0];
    for offsets in assembly.offsets.windows(2) {
        let bytes = &assembly.code[(offsets[0] - start) as usize..(offsets[1] - start) as usize];
        let mut decoder =
            Decoder::with_ip(program.mode.bits(), bytes, offsets[0], DecoderOptions::NONE);
        let mut instruction = String::new();
        formatter.format(&decoder.decode(), &mut instruction);
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:04x}  {hex:<22} {instruction}", offsets[0]);
    }
    text
}

#[rustfmt::skip]
fn registers(cpu: &Cpu) -> String {
    let [eax, ecx, edx, ebx, esp, ebp, esi, edi, ..] = cpu.regs;
    let [es, cs, ss, ds, fs, gs] = cpu.segments.map(|segment| segment.selector);
    format!(
        "; eax={eax:08x} ebx={ebx:08x} ecx={ecx:08x} edx={edx:08x}\n\
         ; esi={esi:08x} edi={edi:08x} ebp={ebp:08x} esp={esp:08x}\n\
         ; cs={cs:04x} ds={ds:04x} es={es:04x} ss={ss:04x} fs={fs:04x} gs={gs:04x}\n\
         ; flags={:08x} gdt={:x?} idt={:x?}\n",
        cpu.rflags,
        (cpu.gdt.base, cpu.gdt.limit),
        (cpu.idt.base, cpu.idt.limit),
    )
}
