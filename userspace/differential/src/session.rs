// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Session`]: many programs, on all processors.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};

use crate::assembler::assemble;
use crate::bench::{Bench, Verdict};
use crate::difference::Difference;
use crate::generator;
use crate::listing::listing;
use crate::program::Program;
use crate::report::Report;
use crate::shrink::shrink;
use crate::watchdog::{Pulse, Watchdog};

/// How many seeds a worker takes at once.
const CHUNK: u64 = 100;

/// How often the progress is told.
const INTERVAL: Duration = Duration::from_secs(10);

/// What to run on, and when to stop.
pub struct Settings {
    /// The devices that are compared with the interpreter.
    pub devices: Vec<String>,
    /// After how many differences to stop.
    pub failures: u64,
}

/// Programs being run.
pub struct Session {
    settings: Settings,
    next: AtomicU64,
    report: Mutex<Report>,
}

impl Session {
    /// A session with nothing done.
    pub fn new(settings: Settings) -> Session {
        Session {
            settings,
            next: AtomicU64::new(0),
            report: Mutex::default(),
        }
    }

    /// Runs the programs of all seeds and prints what they came to. Returns whether all runs were
    /// the same.
    pub fn run(&self, seeds: Range<u64>, workers: usize) -> Result<bool> {
        self.next.store(seeds.start, Ordering::Relaxed);
        let started = Instant::now();
        let watchdog = Watchdog::new()?;
        thread::scope(|scope| -> Result<()> {
            let workers: Vec<_> = (0..workers)
                .map(|_| scope.spawn(|| self.work(&seeds, watchdog.pulse())))
                .collect();
            let mut told = Instant::now();
            while workers.iter().any(|worker| !worker.is_finished()) {
                thread::sleep(Duration::from_millis(50));
                watchdog.look();
                if told.elapsed() > INTERVAL {
                    told = Instant::now();
                    self.tell(&seeds, started);
                }
            }
            for worker in workers {
                worker.join().map_err(|_| anyhow!("a worker panicked"))??;
            }
            Ok(())
        })?;
        let report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        let Range { start, end } = seeds;
        println!(
            "seeds {start}..{end} on {} and the interpreter, {:.1} s",
            self.settings.devices.join(", "),
            started.elapsed().as_secs_f32()
        );
        println!("{report}");
        Ok(report.different == 0)
    }

    /// Prints a seed's program, and what differs.
    pub fn show(&self, seed: u64) -> Result<bool> {
        let program = generator::program(seed)?;
        let watchdog = Watchdog::new()?;
        let pulse = watchdog.pulse();
        let mut bench = Bench::new(&self.settings.devices)?;
        println!("{}", listing(&program, &assemble(&program)?));
        let outcome = bench.judge(&program)?;
        for (exit, cpu) in &outcome.run.exits {
            println!("{:04x}  {exit}", cpu.rip);
        }
        let mut report = Report::default();
        report.add(&outcome);
        println!("{report}");
        let Verdict::Different(difference) = outcome.verdict else {
            return Ok(true);
        };
        print_shrunk(&mut bench, program, &difference, &pulse)?;
        Ok(false)
    }

    fn work(&self, seeds: &Range<u64>, pulse: Pulse) -> Result<()> {
        let mut bench = Bench::new(&self.settings.devices)?;
        loop {
            let start = self.next.fetch_add(CHUNK, Ordering::Relaxed);
            let mut report = Report::default();
            for seed in start..(start + CHUNK).min(seeds.end) {
                let program = generator::program(seed)?;
                pulse.beat();
                let outcome = bench.judge(&program)?;
                report.add(&outcome);
                if let Verdict::Different(difference) = outcome.verdict {
                    print_shrunk(&mut bench, program, &difference, &pulse)?;
                }
            }
            let mut total = self.report.lock().unwrap_or_else(PoisonError::into_inner);
            total.merge(report);
            if start + CHUNK >= seeds.end || total.different >= self.settings.failures {
                return Ok(());
            }
        }
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

/// Shrinks a program whose runs differ, and prints it.
fn print_shrunk(
    bench: &mut Bench,
    program: Program,
    first: &Difference,
    pulse: &Pulse,
) -> Result<()> {
    println!("; {}\n{first}", program.name);
    let (program, difference) = shrink(program, |program| {
        pulse.beat();
        if assemble(program).is_err() {
            return Ok(None);
        }
        match bench.judge(program)?.verdict {
            Verdict::Different(difference) => Ok(Some(difference)),
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
