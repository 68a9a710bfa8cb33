// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Bench`]: the machines side by side.

use anyhow::{Context, Result, ensure};
use emulator::Cpu;

use crate::assembler::{Assembly, assemble};
use crate::difference::Difference;
use crate::exit::Exit;
use crate::known::{HIDDEN_BY_REP, Skip};
use crate::machine::{Interpreter, KvmMachine, Machine};
use crate::memory::Pages;
use crate::mode::Mode;
use crate::program::Program;
use crate::run::{EXITS, Run, run};
use crate::touch;
use crate::watch::Watch;

/// The machines. In real mode the interpreter runs first, in other modes the first device.
pub struct Bench {
    mode: Mode,
    interpreter: Interpreter,
    devices: Vec<KvmMachine>,
}

/// The outcome of a program.
pub struct Outcome {
    /// The first run.
    pub run: Run,
    /// The number of instructions that it has executed.
    pub instructions: u64,
    /// The flags that were not compared at each exit.
    pub undefined: Vec<u64>,
    /// The verdict.
    pub verdict: Verdict,
}

/// The result of comparing the runs.
pub enum Verdict {
    /// The runs are the same.
    Same,
    /// The runs differ.
    Different(Difference),
    /// The runs cannot be compared.
    Skipped(Skip),
}

impl Bench {
    /// Creates a machine for each of the devices.
    pub fn new(mode: Mode, paths: &[String]) -> Result<Bench> {
        let devices = paths.iter().map(|path| new_device(mode, path));
        Ok(Bench {
            mode,
            interpreter: Interpreter::new()?,
            devices: devices.collect::<Result<_>>()?,
        })
    }

    /// Runs a program on every machine, and compares the runs.
    pub fn judge(&mut self, program: &Program) -> Result<Outcome> {
        let assembly = assemble(program)?;
        if self.mode == Mode::Real {
            let mut outcome = interpret(&mut self.interpreter, program, &assembly)?;
            if let Verdict::Same = outcome.verdict {
                let reference = &mut self.interpreter;
                outcome.verdict = compare(reference, &outcome, &mut self.devices, program)?;
            }
            return Ok(outcome);
        }
        let (reference, others) = self.devices.split_first_mut().context("no device")?;
        let run = run_device(reference, program, &assembly)?;
        let mut outcome = Outcome {
            undefined: hidden(&run, program, &assembly),
            instructions: program.instructions,
            verdict: Verdict::Same,
            run,
        };
        if outcome.run.exits.len() == EXITS {
            outcome.verdict = Verdict::Skipped(Skip::TooManyExits);
            return Ok(outcome);
        }
        outcome.verdict = compare(reference, &outcome, others, program)?;
        if matches!(outcome.verdict, Verdict::Different(_)) && is_stuck(&outcome.run) {
            *reference = new_device(self.mode, reference.name())?;
        }
        Ok(outcome)
    }
}

/// Runs a program on the interpreter.
fn interpret(
    interpreter: &mut Interpreter,
    program: &Program,
    assembly: &Assembly,
) -> Result<Outcome> {
    interpreter.memory().reset(&assembly.code);
    interpreter.by_hand = program.by_hand;
    let mut undefined = Vec::new();
    let run = run(interpreter, program, assembly, |interpreter| {
        undefined.push(interpreter.watch.not_compared());
    })?;
    let Watch {
        instructions, skip, ..
    } = interpreter.watch;
    let too_many = (run.exits.len() == EXITS).then_some(Skip::TooManyExits);
    Ok(Outcome {
        run,
        instructions,
        undefined,
        verdict: skip.or(too_many).map_or(Verdict::Same, Verdict::Skipped),
    })
}

/// Runs a program on a device.
fn run_device(device: &mut KvmMachine, program: &Program, assembly: &Assembly) -> Result<Run> {
    device.memory().reset(&assembly.code);
    device.memory().set_dirty(Pages::ALL);
    run(device, program, assembly, |_| {})
}

/// Runs a program on devices, and compares each run with that on `reference`.
fn compare(
    reference: &mut dyn Machine,
    outcome: &Outcome,
    devices: &mut [KvmMachine],
    program: &Program,
) -> Result<Verdict> {
    let assembly = assemble(program)?;
    for device in devices {
        let run = run_device(device, program, &assembly)?;
        let name = device.name().to_owned();
        let difference = Difference::between(
            [reference.name(), &name],
            [&outcome.run, &run],
            [reference.memory_bytes(), device.memory().bytes()],
            &outcome.undefined,
        );
        if difference.is_none() {
            device.memory().set_dirty(reference.memory().dirty());
        }
        if is_stuck(&run) && difference.is_some() {
            *device = new_device(program.mode, &name)?;
        }
        if let Some(difference) = difference {
            return Ok(Verdict::Different(difference));
        }
    }
    Ok(Verdict::Same)
}

/// Returns the flags that are not compared at each exit, for modes without an interpreter.
fn hidden(run: &Run, program: &Program, assembly: &Assembly) -> Vec<u64> {
    let hidden = |(exit, cpu): &(Exit, Cpu)| {
        let line = assembly.offsets.binary_search(&cpu.rip).ok();
        let line = line.and_then(|index| program.lines.get(index));
        let repeats = line.is_some_and(|line| line.instruction.has_rep_prefix());
        match exit {
            Exit::MmioRead(..) if repeats => HIDDEN_BY_REP,
            _ => 0,
        }
    };
    run.exits.iter().map(hidden).collect()
}

/// Returns whether the device's state may affect the next program.
fn is_stuck(run: &Run) -> bool {
    let last = run.exits.last().map(|(exit, _)| exit);
    matches!(last, Some(Exit::Endless | Exit::Other(_)))
}

/// Creates a machine of a device, with all of its memory touched.
fn new_device(mode: Mode, path: &str) -> Result<KvmMachine> {
    let touch = touch::program(mode)?;
    let assembly = assemble(&touch)?;
    let mut device = KvmMachine::new(mode, path)?;
    device.memory().reset(&assembly.code);
    let run = run(&mut device, &touch, &assembly, |_| {})?;
    // Otherwise TCG forgets flags when a page is touched later: see LockedDevice.
    let ended = run
        .exits
        .last()
        .is_some_and(|(exit, _)| *exit == Exit::Halt);
    ensure!(
        ended,
        "{path}: the program that touches every page does not end: {run:?}"
    );
    device.memory().set_dirty(Pages::ALL);
    Ok(device)
}
