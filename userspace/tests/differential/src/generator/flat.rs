// SPDX-License-Identifier: MIT OR Apache-2.0

//! Random programs in protected and long mode.
//!
//! No interpreter checks these. Therefore the stack pointer stays in place,
//! and each address is made for its instruction: no access is accidental.
//!
//! # Layout
//!
//! | file | what it generates |
//! | --- | --- |
//! | `blocks.rs` | the sequence of blocks |
//! | `control.rs` | blocks with jumps, loops, calls, interrupts and single steps |
//! | `devices.rs` | ports, a device's memory, repeated string instructions |
//! | `faults.rs` | instructions that may fault |
//! | `system.rs` | control and debug registers, MSRs, segments |
//! | `operands.rs`, `addresses.rs` | an instruction's operands, and the code before it |
//! | `codes.rs` | encodings that depend on the number of bits of code |

mod addresses;
mod blocks;
mod codes;
mod control;
mod devices;
mod faults;
mod operands;
mod system;

use anyhow::Result;
use emulator::flags::FIXED;
use emulator::{Cpu, DescriptorTable, Segment};
use iced_x86::{Code, Instruction};
use random::Dice;

use super::emitter::Emitter;
use crate::memory_map::CODE;
use crate::mode::Mode;
use crate::program::Program;

/// CF, PF, AF, ZF, SF, IF, DF and OF.
const FLAGS: u32 = 0xed5;

/// The index of the stack pointer among the general registers, and its value.
const RSP: usize = 4;
const STACK: u64 = 0x3_8000;

/// A program under construction, and its mode.
pub struct Flat {
    emitter: Emitter,
    mode: Mode,
}

/// Returns the program of a seed.
pub fn program(mode: Mode, seed: u64) -> Result<Program> {
    let mut dice = Dice::new(seed, Dice::PROGRAM);
    let cpu = start(&mut dice);
    let mut flat = Flat {
        emitter: Emitter::new(dice, 0),
        mode,
    };
    let mut routines = Vec::new();
    flat.body(&mut routines)?;
    let end = flat.emitter.join();
    flat.emitter.put(Instruction::with(Code::Hlt));
    flat.routines(routines)?;
    Ok(Program {
        name: format!("seed {seed}"),
        mode,
        lines: flat.emitter.lines,
        end,
        cpu,
        answers: seed,
        by_hand: false,
        instructions: flat.emitter.instructions,
    })
}

/// Returns random registers, with RIP at the beginning of the code.
pub fn start(dice: &mut Dice) -> Cpu {
    let mut regs = [0; 16];
    for register in &mut regs {
        *register = dice.number().into();
    }
    regs[RSP] = STACK + 8 * dice.below(0x100) as u64;
    Cpu {
        regs,
        rip: CODE.into(),
        rflags: u64::from(dice.u32() & FLAGS) | FIXED,
        segments: [Segment::default(); 6],
        idt: DescriptorTable::default(),
        gdt: DescriptorTable::default(),
        cr0: 0,
    }
}
