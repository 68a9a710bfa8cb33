// SPDX-License-Identifier: GPL-2.0 OR MIT OR Apache-2.0

//! The two-byte opcodes, whose first byte is 0F.
//!
//! SDM vol. 2, table A-3 "Two-byte Opcode Map". Opcodes that real mode does not recognize, such as
//! `sldt`, are undefined here; opcodes that no AMD CPU has are undefined too.
//!
//! Counterpart: `twobyte_table` in [`arch/x86/kvm/emulate.c`](srctree/arch/x86/kvm/emulate.c).

use super::{
    groups,
    Opcode::{
        self,
        Group,
        Instruction,
        Missing,
        Undefined, //
    },
    OperandCode::*,
    Operation::*, //
};

/// Returns the meaning of a two-byte opcode by its second byte, with or without the prefix F3.
#[rustfmt::skip]
pub fn twobyte_table(opcode: u8, f3: bool) -> Opcode {
    match opcode {
        0x01 => Group(groups::system),
        0x05 | 0x07 => Missing("syscall, sysret"),
        0x06 => Instruction(Clts, &[]),
        0x08 => Instruction(Invd, &[]),
        0x09 => Instruction(Wbinvd, &[]),
        0x0b => Instruction(Ud2, &[]),
        0x0d => Group(groups::prefetch),
        0x0e | 0x0f => Missing("3DNow!"),
        0x10..=0x17 | 0x28..=0x2f | 0x50..=0x79 | 0x7c..=0x7f => Missing("MMX, SSE"),
        0x18..=0x1f => Instruction(Nop, &[Ev]),
        0x20..=0x23 => Missing("mov to and from control and debug registers"),
        0x30 | 0x32 => Missing("wrmsr, rdmsr"),
        0x31 | 0x33 => Missing("rdtsc, rdpmc"),
        0x34 | 0x35 => Missing("sysenter, sysexit"),
        0x38 | 0x3a => Missing("opcodes of three bytes"),
        0x40..=0x4f => Instruction(Cmovcc, &[Gv, Ev]),
        0x80..=0x8f => Instruction(Jcc, &[Jv]),
        0x90..=0x9f => Instruction(Setcc, &[Eb]),
        0xa0 => Instruction(Push, &[Fs]),
        0xa1 => Instruction(Pop, &[Fs]),
        0xa2 => Instruction(Cpuid, &[]),
        0xa3 => Instruction(Bt, &[Ev, Gv]),
        0xa4 => Instruction(Shld, &[Ev, Gv, Ib]),
        0xa5 => Instruction(Shld, &[Ev, Gv, Cl]),
        0xa8 => Instruction(Push, &[Gs]),
        0xa9 => Instruction(Pop, &[Gs]),
        0xab => Instruction(Bts, &[Ev, Gv]),
        0xac => Instruction(Shrd, &[Ev, Gv, Ib]),
        0xad => Instruction(Shrd, &[Ev, Gv, Cl]),
        0xae => Missing("fxsave, xsave, clflush, fences"),
        0xaf => Instruction(Imul, &[Gv, Ev]),
        0xb0 => Instruction(Cmpxchg, &[Eb, Gb]),
        0xb1 => Instruction(Cmpxchg, &[Ev, Gv]),
        0xb2 => Instruction(Lss, &[Gv, Mp]),
        0xb3 => Instruction(Btr, &[Ev, Gv]),
        0xb4 => Instruction(Lfs, &[Gv, Mp]),
        0xb5 => Instruction(Lgs, &[Gv, Mp]),
        0xb6 => Instruction(Movzx, &[Gv, Eb]),
        0xb7 => Instruction(Movzx, &[Gv, Ew]),
        0xb8 | 0xbc | 0xbd if f3 => Missing("popcnt, tzcnt, lzcnt"),
        0xb9 => Instruction(Ud1, &[Gv, Ev]),
        0xba => Group(groups::bit),
        0xbb => Instruction(Btc, &[Ev, Gv]),
        0xbc => Instruction(Bsf, &[Gv, Ev]),
        0xbd => Instruction(Bsr, &[Gv, Ev]),
        0xbe => Instruction(Movsx, &[Gv, Eb]),
        0xbf => Instruction(Movsx, &[Gv, Ew]),
        0xc0 => Instruction(Xadd, &[Eb, Gb]),
        0xc1 => Instruction(Xadd, &[Ev, Gv]),
        0xc2..=0xc6 => Missing("MMX, SSE"),
        0xc7 => Group(groups::random),
        0xc8..=0xcf => Instruction(Bswap, &[Zv]),
        0xd0..=0xfe => Missing("MMX, SSE"),
        _ => Undefined,
    }
}
