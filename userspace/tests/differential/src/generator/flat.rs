// SPDX-License-Identifier: MIT OR Apache-2.0

//! Random programs in protected and long mode.
//!
//! No interpreter looks after these. So the stack pointer stays where it is, and every address is made
//! for its instruction: nothing is accessed but by intention.
//!
//! # Layout
//!
//! | file | what it decides |
//! | --- | --- |
//! | `blocks.rs` | what follows what |
//! | `control.rs` | blocks with jumps, loops, calls, interrupts and single steps |
//! | `devices.rs` | ports, a device's memory, strings that repeat |
//! | `faults.rs` | instructions that may fault |
//! | `system.rs` | control and debug registers, MSRs, segments |
//! | `operands.rs`, `addresses.rs` | an instruction's operands, and what must come before it |
//! | `codes.rs` | encodings that depend on how many bits code has |

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

/// Where the stack pointer is in the order of general registers, and where it leads to.
const RSP: usize = 4;
const STACK: u64 = 0x3_8000;

/// A program as it grows, and the mode that it is for.
pub struct Flat {
    emitter: Emitter,
    mode: Mode,
}

/// The program of a seed.
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

/// Random registers, with RIP where the code begins.
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
