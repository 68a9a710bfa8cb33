// SPDX-License-Identifier: MIT OR Apache-2.0

//! Random programs, each determined by a seed.
//!
//! # Layout
//!
//! | file | what it generates |
//! | --- | --- |
//! | `start.rs` | the registers at the start |
//! | `blocks.rs` | the sequence: a program is a sequence of blocks |
//! | `control.rs` | blocks with jumps, loops, calls and interrupts |
//! | `far.rs` | blocks that leave the segment |
//! | `faults.rs` | instructions that may fault |
//! | `devices.rs` | ports, `hlt`, and repeated string instructions |
//! | `system.rs` | single steps, and the vector table's address |
//! | `instructions.rs` | the instructions, from iced's tables |
//! | `operands.rs`, `addresses.rs` | an instruction's operands |
//! | `emitter.rs` | the lines so far, and the flags that they leave undefined |
//! | `flat.rs`, `flat/` | all this in protected and long mode |

mod addresses;
mod blocks;
mod control;
mod devices;
mod emitter;
mod far;
mod faults;
mod flat;
mod instructions;
mod operands;
mod start;
mod system;

use anyhow::Result;
use iced_x86::{Code, Instruction};
use random::Dice;

use crate::mode::Mode;
use crate::program::Program;
use emitter::Emitter;

pub use flat::start as flat_start;
pub use start::{CR0, cpu as start, real_mode};

/// Returns the program of a seed.
pub fn program(mode: Mode, seed: u64) -> Result<Program> {
    match mode {
        Mode::Real => real(seed),
        _ => flat::program(mode, seed),
    }
}

fn real(seed: u64) -> Result<Program> {
    let mut dice = Dice::new(seed, Dice::PROGRAM);
    let cpu = start::cpu(&mut dice);
    let cs = cpu.segments[crate::assembler::CS].selector;
    let mut emitter = Emitter::new(dice, cs);

    let mut routines = Vec::new();
    blocks::body(&mut emitter, &mut routines)?;
    let end = emitter.join();
    emitter.put(Instruction::with(Code::Hlt));
    control::routines(&mut emitter, routines)?;
    Ok(Program {
        name: format!("seed {seed}"),
        mode: Mode::Real,
        lines: emitter.lines,
        end,
        cpu,
        answers: seed,
        by_hand: false,
        instructions: 0,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::assembler::assemble;
    use crate::generator::instructions::all_codes;

    #[test]
    fn every_seed_makes_a_program_that_can_be_encoded() {
        for seed in 0..20_000 {
            let program = real(seed).unwrap();
            assert!(program.lines.len() >= 20, "{seed}");
            if let Err(error) = assemble(&program) {
                panic!("{seed}: {error:#}");
            }
        }
    }

    #[test]
    fn every_seed_can_be_encoded_in_every_mode() {
        for mode in [Mode::Protected, Mode::Paged, Mode::Pae, Mode::Long] {
            for seed in 0..4000 {
                if let Err(error) = program(mode, seed).and_then(|program| assemble(&program)) {
                    panic!("{mode:?} {seed}: {error:#}");
                }
            }
        }
    }

    #[test]
    fn every_encoding_is_generated() {
        let mut missing: HashSet<Code> = all_codes().collect();
        for seed in 0..20_000 {
            for line in real(seed).unwrap().lines {
                missing.remove(&line.instruction.code());
            }
        }
        assert!(missing.is_empty(), "{missing:?}");
    }

    /// After a change here, seeds in old reports and in notes mean other programs.
    #[test]
    fn a_seed_means_the_same_for_ever() {
        let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
        for seed in 0..1000 {
            let program = real(seed).unwrap();
            hash.add(&assemble(&program).unwrap().code);
            for register in program.cpu.regs {
                hash.add(&register.to_le_bytes());
            }
            for segment in program.cpu.segments {
                hash.add(&segment.selector.to_le_bytes());
            }
            hash.add(&program.cpu.rflags.to_le_bytes());
        }
        assert_eq!(hash.0, 0xb664_52d1_82cf_7207);
    }

    /// The FNV-1a hash, because the standard library's hash may change.
    struct Fnv(u64);

    impl Fnv {
        fn add(&mut self, bytes: &[u8]) {
            for byte in bytes {
                self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
            }
        }
    }
}
