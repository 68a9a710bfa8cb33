// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Run`]: a program's run on a machine.

use anyhow::Result;
use emulator::Cpu;
use random::Dice;

use crate::assembler::Assembly;
use crate::exit::Exit;
use crate::machine::Machine;
use crate::mode::Mode;
use crate::program::Program;
use crate::{flat, handlers};

/// The maximum number of exits of a program.
pub const EXITS: usize = 200;

/// Everything that is visible of a run from outside, except memory.
#[derive(Debug)]
pub struct Run {
    /// Each exit, with its general registers, RIP and RFLAGS.
    pub exits: Vec<(Exit, Cpu)>,
    /// All registers at the end.
    pub end: Cpu,
    /// The registers that real mode does not have, by name.
    pub system: Vec<(String, u64)>,
}

/// Runs a program after its memory was prepared. Calls `at_exit` at each exit.
pub fn run<M: Machine + ?Sized>(
    machine: &mut M,
    program: &Program,
    assembly: &Assembly,
    mut at_exit: impl FnMut(&mut M),
) -> Result<Run> {
    let mut answers = Dice::new(program.answers, Dice::ANSWERS);
    machine.start(&program.cpu)?;
    let mut exits = Vec::new();
    let handlers_end = match program.mode {
        Mode::Real => handlers::end(),
        mode => flat::handlers::end(mode),
    };
    // After the code there is only `hlt`.
    let code_end = assembly.offsets.last().copied().unwrap_or_default();
    loop {
        let exit = machine.run(&mut answers)?;
        at_exit(machine);
        let cpu = machine.registers()?;
        let ends = [assembly.end, handlers_end];
        let is_end = exit == Exit::Halt && (ends.contains(&cpu.rip) || cpu.rip > code_end);
        let is_last = exit.is_last() || is_end || exits.len() + 1 == EXITS;
        exits.push((exit, cpu));
        if is_last {
            let end = machine.cpu()?;
            let system = machine.system()?;
            return Ok(Run { exits, end, system });
        }
    }
}
