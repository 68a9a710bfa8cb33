// SPDX-License-Identifier: MIT OR Apache-2.0

//! `differential`: runs random guest programs on several machines and compares the runs.

use std::ops::Range;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use differential::mode::Mode;
use differential::session::{Session, Settings};
use differential::{generator, handmade};
use random::seeds;

/// Runs the same random guest programs on each device and on the interpreter, and compares the runs
#[derive(Parser)]
struct Arguments {
    /// The mode of the CPU that the programs run in
    #[arg(long, value_enum, default_value_t = Mode::Real)]
    mode: Mode,
    /// The seeds of the programs, the last one excluded
    #[arg(long, value_parser = seeds, default_value = "0..10000")]
    seeds: Range<u64>,
    /// One seed, whose program is printed; where it fails, after it has been shrunk
    #[arg(long, conflicts_with = "seeds")]
    seed: Option<u64>,
    /// One of the programs that were written by hand, such as `repeat`
    #[arg(long, conflicts_with_all = ["seeds", "seed", "mode"])]
    program: Option<String>,
    /// Stop after so many differences
    #[arg(long, default_value_t = 5)]
    failures: u64,
    /// How many CPUs to use
    #[arg(long, default_value_t = std::thread::available_parallelism().map_or(1, usize::from))]
    workers: usize,
    /// The devices, by default /dev/kvm with /dev/hiboma in real mode, or with /dev/hiboma-svm in the
    /// others; `interpreter`, which is always there in real mode, for no device
    devices: Vec<String>,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let mode = arguments.mode;
    let mut devices = arguments.devices;
    if devices.is_empty() {
        devices = mode.devices().iter().copied().map(str::to_owned).collect();
    }
    devices.retain(|device| device != "interpreter");
    let session = Session::new(Settings {
        mode,
        devices,
        failures: arguments.failures,
    });
    let program = match (arguments.seed, &arguments.program) {
        (Some(seed), _) => Some(generator::program(mode, seed)?),
        (None, Some(name)) => Some(handmade::program(name)?),
        (None, None) => None,
    };
    let same = match program {
        Some(program) => session.show(&program)?,
        None => session.run(arguments.seeds, arguments.workers)?,
    };
    Ok(if same {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
