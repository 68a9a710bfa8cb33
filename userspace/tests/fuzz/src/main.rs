// SPDX-License-Identifier: MIT OR Apache-2.0

//! `fuzz`: random system calls on the descriptors of `/dev/hiboma`.

use std::fs;
use std::ops::Range;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use fuzz::generator::{self, Mode};
use fuzz::program::Program;
use fuzz::session::Session;
use random::seeds;

/// Run random system calls on /dev/kvm and on /dev/hiboma, and compare what they come to
#[derive(Parser)]
struct Arguments {
    /// The seeds of the programs, the last one excluded
    #[arg(long, value_parser = seeds, default_value = "0..1000")]
    seeds: Range<u64>,
    /// Run the program of one seed, and print it
    #[arg(long, conflicts_with = "seeds")]
    seed: Option<u64>,
    /// Run the program in this file, in the form in which programs are printed
    #[arg(long, value_name = "FILE", conflicts_with_all = ["seeds", "seed"])]
    replay: Option<PathBuf>,
    /// Of --seed or --replay, run the ops of these numbers only, such as 0-6,12
    #[arg(long, value_name = "NUMBERS")]
    keep: Option<String>,
    /// How often to run the program of --seed or --replay
    #[arg(long, value_name = "TIMES", default_value_t = 1)]
    repeat: u32,
    /// Run each program in several threads on /dev/hiboma, and compare nothing
    #[arg(long)]
    threads: bool,
    /// Stop after so many failures
    #[arg(long, default_value_t = 5)]
    failures: u64,
    /// How many CPUs to use
    #[arg(long, default_value_t = std::thread::available_parallelism().map_or(1, |count| count.get() as u64))]
    workers: u64,
    /// Print each seed before it begins
    #[arg(long)]
    tell: bool,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let mode = match arguments.threads {
        true => Mode::Threads,
        false => Mode::Compared,
    };
    let session = Session {
        mode,
        failures: arguments.failures,
        tell: arguments.tell,
    };
    let program = match (arguments.seed, &arguments.replay) {
        (Some(seed), _) => Some((format!("seed {seed}"), generator::program(seed, mode)?)),
        (None, Some(file)) => {
            let name = file.display().to_string();
            let text = fs::read_to_string(file).with_context(|| name.clone())?;
            Some((name, Program::parse(&text)?))
        }
        (None, None) => None,
    };
    let right = match program {
        Some((name, program)) => {
            let program = match &arguments.keep {
                Some(keep) => program.keep(&numbers(keep)?),
                None => program,
            };
            session.show(&name, &program, arguments.repeat)?
        }
        None => session.run(arguments.seeds, arguments.workers)?,
    };
    Ok(if right {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Parses numbers and ranges of them, such as `0-6,12`.
fn numbers(text: &str) -> Result<Vec<usize>> {
    let mut numbers = Vec::new();
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let number = |digits: &str| {
            let number: Result<usize, _> = digits.parse();
            number.with_context(|| format!("'{digits}' is no number: --keep takes such as 0-6,12"))
        };
        numbers.extend(number(first)?..=number(last)?);
    }
    Ok(numbers)
}
