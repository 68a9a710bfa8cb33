// SPDX-License-Identifier: MIT OR Apache-2.0

//! Finds and shrinks a program that crashes the guest's kernel. A crash
//! ends the guest, so the lab boots another guest for each attempt.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anyhow::Result;
use random::without;

use super::{Lab, command};
use crate::guest::Failure;

/// How often to run a program that may crash the kernel: threads do not always collide.
const REPEATS: u32 = 20;

/// A program: the fuzzer's arguments for it, and the number of its ops.
pub struct Program {
    arguments: Vec<String>,
    ops: usize,
}

/// Reads the fuzzer's standard output, to know which programs are running.
#[derive(Default)]
pub struct Running {
    line: Vec<u8>,
    /// For each CPU the seed of its program, if it has one, and the number of ops.
    now: BTreeMap<String, (Option<u64>, usize)>,
}

impl Running {
    /// Starts without any program.
    pub fn new() -> Running {
        Running::default()
    }

    /// Returns the last program of each CPU. `which` has the arguments for a single program.
    pub fn programs(&self, which: &[String]) -> Vec<Program> {
        let programs = self.now.values().map(|(seed, ops)| Program {
            arguments: seed.map_or(which.to_vec(), |seed| vec![format!("--seed={seed}")]),
            ops: *ops,
        });
        programs.collect()
    }

    /// Reads a line that announces a program, `begin PROCESSOR SEED OPS`. Others are for people.
    fn take(&mut self, line: &str) -> Option<()> {
        let mut words = line.strip_prefix("begin ")?.split_whitespace();
        let processor = words.next()?.to_owned();
        let seed = words.next()?.parse().ok();
        self.now
            .insert(processor, (seed, words.next()?.parse().ok()?));
        Some(())
    }
}

impl Write for Running {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            self.line.push(*byte);
            if *byte == b'\n' {
                let line = std::mem::take(&mut self.line);
                if self.take(&String::from_utf8_lossy(&line)).is_none() {
                    io::stdout().write_all(&line)?;
                }
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}

/// Runs a program alone. If it crashes the kernel, prints the smallest list of ops that does.
pub fn shrink(lab: &Lab, mode: &[String], program: &Program) -> Result<()> {
    let run = |ops: &[usize]| crashes(lab, mode, program, ops);
    let all: Vec<usize> = (0..program.ops).collect();
    let name = program.arguments.join(" ");
    let Some(crash) = run(&all)? else {
        eprintln!("cargo lab: {name} alone does not crash the kernel");
        return Ok(());
    };
    eprintln!("cargo lab: {name} crashes the kernel; removing ops:");
    let mut least = (all, crash);
    while without(&mut least, |ops| {
        eprint!("\r{} ops  ", ops.len());
        run(ops)
    })? {}
    eprintln!();
    let (ops, crash) = least;
    println!("# {name} --keep={}: {crash}", list(&ops));
    Ok(())
}

/// Boots a guest and runs these ops of a program in it several times. Returns the crash, if any.
fn crashes(lab: &Lab, mode: &[String], program: &Program, ops: &[usize]) -> Result<Option<String>> {
    let which = [
        format!("--keep={}", list(ops)),
        format!("--repeat={REPEATS}"),
    ];
    let mut text = Vec::new();
    let arguments = [mode, &program.arguments, &which].concat();
    match lab.start()?.run_to(command(&arguments), &mut text) {
        Ok(_) => Ok(None),
        Err(error) if error.is::<Failure>() => {
            let text = String::from_utf8_lossy(&text);
            let ops = text.lines().filter(|line| !line.starts_with(['#', 'b']));
            let ops = ops.collect::<Vec<_>>().join("\n");
            Ok(Some(format!("{error:#}\n{}", ops.trim())))
        }
        Err(error) => Err(error),
    }
}

fn list(numbers: &[usize]) -> String {
    let numbers: Vec<_> = numbers.iter().map(usize::to_string).collect();
    numbers.join(",")
}
