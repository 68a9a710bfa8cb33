// SPDX-License-Identifier: MIT OR Apache-2.0

//! The sequence of blocks.

use anyhow::Result;

use super::control::{self, Routine};
use super::emitter::Emitter;
use super::instructions::{ANYWHERE, STACK};
use super::operands::Stack;
use super::{devices, far, faults, system};

/// Emits the body of a program.
pub fn body(emitter: &mut Emitter, routines: &mut Vec<Routine>) -> Result<()> {
    let lines = 20 + emitter.dice.below(60);
    while emitter.lines.len() < lines {
        block(emitter, routines)?;
    }
    Ok(())
}

/// Emits a block of any kind.
fn block(emitter: &mut Emitter, routines: &mut Vec<Routine>) -> Result<()> {
    match emitter.dice.below(32) {
        0..3 => control::branch(emitter),
        3..5 => control::repeat(emitter),
        5..7 => control::call(emitter, routines),
        7 => control::interrupt(emitter),
        8 => control::set_flags(emitter),
        9 => far::block(emitter, routines),
        10 if emitter.dice.once_in(3) => system::block(emitter),
        10..12 => faults::block(emitter),
        12..15 => devices::strings(emitter),
        15 => devices::ports(emitter),
        16 if emitter.dice.once_in(2) => devices::halt(emitter),
        17 => devices::hole(emitter),
        18..20 => stack(emitter),
        _ => straight(emitter),
    }
}

/// Emits up to six instructions in a row.
pub fn straight(emitter: &mut Emitter) -> Result<()> {
    for _ in 0..1 + emitter.dice.below(6) {
        let total = ANYWHERE.iter().map(|(weight, _)| weight).sum();
        let mut chosen = emitter.dice.below(total);
        for (weight, class) in ANYWHERE {
            if chosen < weight {
                let codes = class.mnemonic(|count| emitter.dice.below(count));
                let code = emitter.dice.pick(codes);
                emitter.random(code)?;
                break;
            }
            chosen -= weight;
        }
    }
    Ok(())
}

/// Emits instructions that use the stack.
fn stack(emitter: &mut Emitter) -> Result<()> {
    if emitter.stack == Stack::Kept {
        return straight(emitter);
    }
    for _ in 0..1 + emitter.dice.below(4) {
        let codes = STACK.mnemonic(|count| emitter.dice.below(count));
        let code = emitter.dice.pick(codes);
        emitter.random(code)?;
    }
    Ok(())
}
