// SPDX-License-Identifier: MIT OR Apache-2.0

//! The registers at the start.

use emulator::flags::FIXED;
use emulator::{Cpu, DescriptorTable, Segment};
use random::Dice;

use crate::assembler::CS;
use crate::memory_map::CODE;

/// CF, PF, AF, ZF, SF, IF, DF and OF; not TF, which causes a trap after each instruction.
const FLAGS: u32 = 0xed5;

/// CR0 after a reset: no cache, and the bit that says that there is a coprocessor.
pub const CR0: u64 = 0x6000_0010;

/// The indexes of these registers among the general registers.
const RSP: usize = 4;
const RSI: usize = 6;
const RDI: usize = 7;

/// Returns random registers, with CS and RIP at the beginning of the code.
pub fn cpu(dice: &mut Dice) -> Cpu {
    let mut regs = [0; 16];
    for register in &mut regs[..8] {
        *register = dice.number().into();
    }
    // Keeps the stack and strings away from the ends of their segments.
    for register in [RSP, RSI, RDI] {
        regs[register] = regs[register] & 0xffff_0000 | (0x400 + dice.below(0xf800)) as u64;
    }
    let mut segments = [Segment::default(); 6];
    for segment in &mut segments {
        *segment = real_mode(dice.u32() as u16);
    }
    // Keeps the code and its cells within 64 KiB.
    segments[CS] = real_mode((CODE >> 4) as u16 - dice.below(0xd00) as u16);
    Cpu {
        regs,
        rip: (CODE - segments[CS].base).into(),
        rflags: u64::from(dice.u32() & FLAGS) | FIXED,
        segments,
        idt: DescriptorTable {
            base: 0,
            limit: 0x3ff,
        },
        gdt: DescriptorTable {
            base: dice.u32() & 0xff_ffff,
            limit: dice.u32() as u16,
        },
        cr0: CR0,
    }
}

/// Returns a segment as real mode loads it.
pub fn real_mode(selector: u16) -> Segment {
    Segment {
        selector,
        base: u32::from(selector) << 4,
        limit: 0xffff,
        db: false,
    }
}
