// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Bench`]: the machines side by side.

use anyhow::{Result, ensure};

use crate::assembler::assemble;
use crate::difference::Difference;
use crate::exit::Exit;
use crate::known::Skip;
use crate::machine::{Interpreter, KvmMachine, Machine};
use crate::memory::Pages;
use crate::program::Program;
use crate::run::{EXITS, Run, run};
use crate::touch;
use crate::watch::Watch;

/// The interpreter, and the devices that are compared with it.
pub struct Bench {
    interpreter: Interpreter,
    devices: Vec<KvmMachine>,
}

/// What has become of a program.
pub struct Outcome {
    /// The interpreter's run.
    pub run: Run,
    /// How many instructions it has executed.
    pub instructions: u64,
    /// The flags that were not compared, at each exit.
    pub undefined: Vec<u64>,
    /// The verdict.
    pub verdict: Verdict,
}

/// Whether the runs are the same.
pub enum Verdict {
    /// They are.
    Same,
    /// They differ.
    Different(Difference),
    /// They cannot be compared.
    Skipped(Skip),
}

impl Bench {
    /// A machine for each of the devices.
    pub fn new(paths: &[String]) -> Result<Bench> {
        let devices = paths.iter().map(|path| new_device(path));
        Ok(Bench {
            interpreter: Interpreter::new()?,
            devices: devices.collect::<Result<_>>()?,
        })
    }

    /// Runs a program on every machine.
    pub fn judge(&mut self, program: &Program) -> Result<Outcome> {
        let assembly = assemble(program)?;
        let reference = &mut self.interpreter;
        reference.memory().reset(&assembly.code);
        reference.by_hand = program.by_hand;
        let mut undefined = Vec::new();
        let reference_run = run(reference, program, &assembly, |interpreter| {
            undefined.push(interpreter.watch.not_compared());
        })?;
        let Watch {
            instructions, skip, ..
        } = reference.watch;
        let mut outcome = Outcome {
            run: reference_run,
            instructions,
            undefined,
            verdict: Verdict::Same,
        };
        let too_many = (outcome.run.exits.len() == EXITS).then_some(Skip::TooManyExits);
        if let Some(skip) = skip.or(too_many) {
            outcome.verdict = Verdict::Skipped(skip);
            return Ok(outcome);
        }
        for device in &mut self.devices {
            device.memory().reset(&assembly.code);
            device.memory().set_dirty(Pages::ALL);
            let run = run(device, program, &assembly, |_| {})?;
            let name = device.name().to_owned();
            let difference = Difference::between(
                [reference.name(), &name],
                [&outcome.run, &run],
                [reference.memory_bytes(), device.memory().bytes()],
                &outcome.undefined,
            );
            match difference {
                None => device.memory().set_dirty(reference.memory().dirty()),
                Some(difference) => {
                    outcome.verdict = Verdict::Different(difference);
                    if run.exits.last().is_some_and(|(exit, _)| exit.is_last()) {
                        // There is no telling what is left in it for the next program.
                        *device = new_device(&name)?;
                    }
                    return Ok(outcome);
                }
            }
        }
        Ok(outcome)
    }
}

/// A machine of a device, whose memory has been touched.
fn new_device(path: &str) -> Result<KvmMachine> {
    let touch = touch::program()?;
    let assembly = assemble(&touch)?;
    let mut device = KvmMachine::new(path)?;
    device.memory().reset(&assembly.code);
    let run = run(&mut device, &touch, &assembly, |_| {})?;
    // Where it has not, TCG forgets flags when a page is touched later: see LockedDevice.
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
