// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Session`]: many programs, on all CPUs.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::assembler::assemble;
use crate::bench::{Bench, Outcome, Verdict};
use crate::difference::Difference;
use crate::listing::listing;
use crate::mode::Mode;
use crate::program::Program;
use crate::report::Report;
use crate::shrink::shrink;
use crate::watchdog::Pulse;
use crate::{generator, handmade, watchdog};

/// The number of seeds that a worker takes at once.
const CHUNK: u64 = 100;

/// The number of repetitions of a program whose run on KVM differed.
///
/// In the lab, KVM runs on an emulated CPU, which forgets flags if the guest accesses
/// a page that KVM has not mapped: see [`Skip::LockedDevice`]. All pages were touched
/// before, but KVM is free to unmap one. A real difference occurs every time.
///
/// [`Skip::LockedDevice`]: crate::known::Skip::LockedDevice
const REPEATS: u32 = 3;

/// The device with such differences.
const KVM: &str = "/dev/kvm";

/// The interval of progress messages.
const INTERVAL: Duration = Duration::from_secs(10);

/// The devices, and when to stop.
pub struct Settings {
    /// The mode of the programs.
    pub mode: Mode,
    /// The devices to compare: in real mode with the interpreter, in others with the first one.
    pub devices: Vec<String>,
    /// The number of differences after which to stop.
    pub failures: u64,
}

/// The state of running many programs.
pub struct Session {
    settings: Settings,
    next: AtomicU64,
    report: Mutex<Report>,
}

impl Session {
    /// Creates a session without results.
    pub fn new(settings: Settings) -> Session {
        Session {
            settings,
            next: AtomicU64::new(0),
            report: Mutex::default(),
        }
    }

    /// Runs the handwritten programs and those of all seeds, and prints the
    /// results. Returns whether there were runs, and all were the same.
    pub fn run(&self, seeds: Range<u64>, workers: usize) -> Result<bool> {
        self.next.store(seeds.start, Ordering::Relaxed);
        let started = Instant::now();
        let mut told = started;
        let work = |pulse| self.work(&seeds, &pulse);
        watchdog::watch(workers, work, || {
            if told.elapsed() > INTERVAL {
                told = Instant::now();
                self.tell(&seeds, started);
            }
        })?;
        let report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        let Range { start, end } = seeds;
        let devices = self.settings.devices.join(", ");
        let seconds = started.elapsed().as_secs_f32();
        let interpreter = match self.settings.mode {
            Mode::Real => " and the interpreter",
            _ => "",
        };
        println!("seeds {start}..{end} on {devices}{interpreter}, {seconds:.1} s");
        println!("{report}");
        Ok(report.different == 0 && report.compared > 0)
    }

    /// Prints a program, its exits, and its differences. Returns whether there are none.
    pub fn show(&self, program: &Program) -> Result<bool> {
        let assembly = assemble(program)?;
        println!("{}", listing(program, &assembly));
        let work = |pulse| {
            let mut bench = Bench::new(program.mode, &self.settings.devices)?;
            self.judge(&mut bench, program, &pulse)
        };
        let outcomes = watchdog::watch(1, work, || {})?;
        for outcome in &outcomes {
            for (exit, cpu) in &outcome.run.exits {
                println!("{:04x}  {exit}", cpu.rip);
            }
        }
        let report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        println!("{report}");
        Ok(report.different == 0)
    }

    fn work(&self, seeds: &Range<u64>, pulse: &Pulse) -> Result<()> {
        let mode = self.settings.mode;
        let mut bench = Bench::new(mode, &self.settings.devices)?;
        loop {
            let start = self.next.fetch_add(CHUNK, Ordering::Relaxed);
            if start == seeds.start && mode == Mode::Real {
                for program in handmade::programs()? {
                    self.judge(&mut bench, &program, pulse)?;
                }
            }
            for seed in start..(start + CHUNK).min(seeds.end) {
                self.judge(&mut bench, &generator::program(mode, seed)?, pulse)?;
            }
            let report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
            if start + CHUNK >= seeds.end || report.different >= self.settings.failures {
                return Ok(());
            }
        }
    }

    /// Runs a program, and prints its differences.
    fn judge(&self, bench: &mut Bench, program: &Program, pulse: &Pulse) -> Result<Outcome> {
        pulse.beat();
        let outcome = bench.judge(program)?;
        let (outcome, by_chance) = repeat(bench, program, outcome)?;
        if let Verdict::Different(difference) = &outcome.verdict {
            print_shrunk(bench, program, difference, pulse)?;
        }
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        report.add(&outcome);
        report.by_chance += u64::from(by_chance);
        Ok(outcome)
    }

    fn tell(&self, seeds: &Range<u64>, started: Instant) {
        let report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        let done = self.next.load(Ordering::Relaxed).min(seeds.end) - seeds.start;
        eprintln!(
            "{:.0} s: {} %, {} instructions, {} differences",
            started.elapsed().as_secs_f32(),
            done * 100 / (seeds.end - seeds.start).max(1),
            report.instructions,
            report.different
        );
    }
}

/// Repeats a program whose run on KVM differed. Returns the outcome
/// that counts, and whether the difference did not occur again.
fn repeat(bench: &mut Bench, program: &Program, first: Outcome) -> Result<(Outcome, bool)> {
    let is_kvms = |outcome: &Outcome| matches!(&outcome.verdict, Verdict::Different(it) if it.machines.iter().any(|it| it == KVM));
    if !is_kvms(&first) {
        return Ok((first, false));
    }
    let mut last = bench.judge(program)?;
    for _ in 1..REPEATS {
        if matches!(last.verdict, Verdict::Different(_)) {
            return Ok((first, false));
        }
        last = bench.judge(program)?;
    }
    let by_chance = matches!(last.verdict, Verdict::Same);
    Ok((if by_chance { last } else { first }, by_chance))
}

/// Shrinks a program whose runs differ, and prints it.
fn print_shrunk(
    bench: &mut Bench,
    program: &Program,
    first: &Difference,
    pulse: &Pulse,
) -> Result<()> {
    println!("; {}\n{first}", program.name);
    let (program, difference) = shrink(program.clone(), |program| {
        pulse.beat();
        if assemble(program).is_err() {
            return Ok(None);
        }
        match bench.judge(program)?.verdict {
            Verdict::Different(difference) if difference.is_like(first) => Ok(Some(difference)),
            _ => Ok(None),
        }
    })?;
    match difference {
        Some(difference) => {
            println!("{}{difference}", listing(&program, &assemble(&program)?));
        }
        None => println!("The runs did not differ any more when they were repeated.\n"),
    }
    Ok(())
}
