// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Session`]: many programs, on all CPUs.

use std::io::{Read, Write, pipe};
use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::libc;
use nix::unistd::{ForkResult, fork};
use random::without;

use crate::compare::{Comparison, Outcomes, compare, result};
use crate::generator::{self, Mode};
use crate::program::{Line, Program};
use crate::report::Report;
use crate::trace::Trace;
use crate::worker::{self, End};

const KVM: &str = "/dev/kvm";
const HIBOMA: &str = "/dev/hiboma";

/// How often a failing program is run again.
const REPEATS: u32 = 2;

/// The interval of progress messages.
const INTERVAL: Duration = Duration::from_secs(10);

/// The time limit for shrinking a program.
const PATIENCE: Duration = Duration::from_secs(60);

/// The mode of programs, and when to stop.
pub struct Session {
    /// The devices and the purpose.
    pub mode: Mode,
    /// The number of failures after which a CPU stops.
    pub failures: u64,
    /// Whether to print each seed before it begins, so that the host knows it if the guest crashes.
    pub tell: bool,
}

/// The failure of a program, for people; none if it is right.
type Failure = Option<String>;

impl Session {
    /// Runs the programs of all seeds, and prints the results. Returns whether none failed.
    pub fn run(&self, seeds: Range<u64>, workers: u64) -> Result<bool> {
        let started = Instant::now();
        let children: Vec<_> = (0..workers)
            .map(|worker| self.fork(worker, workers, seeds.clone()))
            .collect::<Result<_>>()?;
        let mut report = Report::default();
        let mut ended = true;
        for mut child in children {
            let mut text = String::new();
            child.read_to_string(&mut text)?;
            match ron::from_str(&text) {
                Ok(sums) => report.add(&sums),
                Err(_) => ended = false,
            }
        }
        let seconds = started.elapsed().as_secs_f64();
        let rate = report.calls() as f64 / seconds;
        let Range { start, end } = seeds;
        println!("seeds {start}..{end}, {seconds:.1} s, {rate:.0} calls/s");
        println!("{report}");
        Ok(ended && report.failures == 0 && report.programs > 0)
    }

    /// Starts a process that runs every n-th seed, and writes its report to the pipe.
    fn fork(&self, worker: u64, workers: u64, seeds: Range<u64>) -> Result<impl Read + use<>> {
        let (reader, mut writer) = pipe()?;
        // SAFETY: This process has one thread.
        if let ForkResult::Parent { .. } = unsafe { fork() }.context("fork")? {
            return Ok(reader);
        }
        drop(reader);
        let report = self.work(worker, workers, seeds);
        let written = report.and_then(|report| {
            writer.write_all(ron::to_string(&report)?.as_bytes())?;
            Ok(())
        });
        if let Err(error) = &written {
            eprintln!("fuzz: {error:#}");
        }
        // SAFETY: `_exit` only ends the process.
        unsafe { libc::_exit(written.is_err().into()) }
    }

    fn work(&self, worker: u64, workers: u64, seeds: Range<u64>) -> Result<Report> {
        let trace = Trace::new()?;
        let mut report = Report::default();
        let mut told = Instant::now();
        for seed in seeds
            .clone()
            .skip(worker as usize)
            .step_by(workers as usize)
        {
            let program = generator::program(seed, self.mode)?;
            if self.tell {
                println!("begin {worker} {seed} {}", program.0.len());
            }
            self.judge(&format!("seed {seed}"), &program, trace, &mut report)?;
            if report.failures >= self.failures {
                break;
            }
            if worker == 0 && told.elapsed() > INTERVAL {
                told = Instant::now();
                let done = (seed - seeds.start) * 100 / (seeds.end - seeds.start);
                eprintln!(
                    "{done} %, {} calls, {} failures",
                    report.calls(),
                    report.failures
                );
            }
        }
        Ok(report)
    }

    /// Prints a program and its results, `times` times. Returns whether it is right.
    pub fn show(&self, name: &str, program: &Program, times: u32) -> Result<bool> {
        if self.tell {
            println!("begin 0 - {}", program.0.len());
        }
        println!("# {name}\n{program}");
        let trace = Trace::new()?;
        let mut report = Report::default();
        for _ in 0..times {
            self.judge(name, program, trace, &mut report)?;
            if report.failures > 0 {
                return Ok(false);
            }
        }
        for (number, line) in program.0.iter().enumerate() {
            if let Some(outcome) = trace.get(number) {
                println!(
                    "# {number}: {} = {}",
                    line.op.name(),
                    result(outcome.result)
                );
            }
        }
        println!("{report}");
        Ok(true)
    }

    /// Runs a program; if it fails, shrinks and prints it.
    fn judge(
        &self,
        name: &str,
        program: &Program,
        trace: Trace,
        report: &mut Report,
    ) -> Result<()> {
        report.programs += 1;
        let Some(first) = self.fails(program, trace, Some(report))? else {
            return Ok(());
        };
        // A real failure occurs every time.
        for _ in 0..REPEATS {
            if self.fails(program, trace, None)?.is_none() {
                report.by_chance += 1;
                return Ok(());
            }
        }
        report.failures += 1;
        println!("# {name}: {first}");
        let (mut least, began) = ((program.0.clone(), first), Instant::now());
        while without(&mut least, |lines: &[Line]| {
            match began.elapsed() < PATIENCE {
                true => self.fails(&Program(lines.to_vec()), trace, None),
                false => Ok(None),
            }
        })? {}
        println!("# {name}, shrunk:\n{}{}", Program(least.0), least.1);
        Ok(())
    }

    /// Runs a program, and returns its failure.
    fn fails(
        &self,
        program: &Program,
        trace: Trace,
        report: Option<&mut Report>,
    ) -> Result<Failure> {
        let outcomes = |device| -> Result<(End, Outcomes)> {
            let end = worker::run(program, device, self.mode, trace)?;
            Ok((end, (0..program.0.len()).map(|op| trace.get(op)).collect()))
        };
        let kvm = match self.mode {
            Mode::Compared => outcomes(KVM)?,
            Mode::Threads => (End::Done, Vec::new()),
        };
        let hiboma = outcomes(HIBOMA)?;
        if let Some(report) = report {
            count(program, &hiboma.1, report);
            let comparison = compare(program, kvm.1, hiboma.1);
            report.compared += comparison.compared as u64;
            for reason in &comparison.known {
                *report.known.entry(reason.to_string()).or_default() += 1;
            }
            return Ok(failure(kvm.0, hiboma.0, &comparison));
        }
        Ok(failure(kvm.0, hiboma.0, &compare(program, kvm.1, hiboma.1)))
    }
}

fn failure(kvm: End, hiboma: End, comparison: &Comparison) -> Failure {
    match (kvm, hiboma) {
        (End::Done, End::Done) => comparison.difference.as_ref().map(ToString::to_string),
        (End::Done, end) => Some(format!("# on hiboma {end}\n")),
        // Then hiboma is not the cause.
        (_, _) => None,
    }
}

/// Counts the ops that were executed.
fn count(program: &Program, outcomes: &Outcomes, report: &mut Report) {
    for (line, outcome) in program.0.iter().zip(outcomes) {
        if let Some(outcome) = outcome {
            let failed = usize::from((-4095..0).contains(&outcome.result));
            let name = line.op.name();
            match report.ops.get_mut(name) {
                Some(sums) => sums[failed] += 1,
                None => report.ops.entry(name.to_owned()).or_default()[failed] += 1,
            }
        }
    }
}
