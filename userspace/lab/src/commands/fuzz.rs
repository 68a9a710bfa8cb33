// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab fuzz`: makes random system calls on both devices.

mod crash;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use lab_protocol::{Command, HOME, Status};

use crate::build::{self, Configuration};
use crate::guest::{Accelerator, Failure, Guest, HIBOMA, Options, exit_code};
use crate::image::{Content, GuestFile, Image};

/// The path of the program in the guest.
pub const BINARY: &str = "/bin/fuzz";

/// The name of the file of `--replay` in the guest.
const REPLAY: &str = "replay";

/// Run random system calls on /dev/kvm and on /dev/hiboma, and compare the results
///
/// A program is a list of system calls, generated from a seed. If its results differ between the devices,
/// shrink the program and print it. Do the same, in new guests, with a program that crashes the guest's kernel.
#[derive(clap::Args)]
#[command(after_help = exit_code::HELP)]
pub struct Args {
    /// Run the programs of these seeds, without the last one [default: 0..1000]
    #[arg(long, conflicts_with_all = ["seed", "replay"])]
    seeds: Option<String>,
    /// Run the program of one seed, and print it
    #[arg(long, conflicts_with = "replay")]
    seed: Option<u64>,
    /// Run the program in this file, which has the format of a printed program
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
    /// Run each program in several threads on /dev/hiboma, without a comparison
    #[arg(long)]
    threads: bool,
    /// Run the guest with KVM or with emulation (tcg); by default with the host's KVM if possible
    #[arg(long)]
    accel: Option<Accelerator>,
    /// Give the guest this many CPUs; each of them runs programs
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=8))]
    cpus: u8,
    /// Use this kernel
    #[arg(long, default_value = "lab")]
    kernel: Configuration,
    /// Print the guest's console on standard error
    #[arg(long, short)]
    verbose: bool,
    /// Arguments of the test: `--keep NUMBERS`, `--repeat TIMES`, `--failures N`, `--workers N`
    #[arg(last = true)]
    arguments: Vec<String>,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let seen = args.verbose;
    Ok(exit_code::exit_code(run(args), seen))
}

/// A guest to fuzz, which can be started again.
struct Lab {
    image: Image,
    options: Options,
}

impl Lab {
    fn start(&self) -> Result<Guest> {
        let mut guest = Guest::start(&self.image, &self.options)?;
        guest.load_module(HIBOMA)?;
        Ok(guest)
    }
}

fn run(args: Args) -> Result<Status> {
    let mut files = vec![program()?];
    files.extend(args.replay.clone().map(|file| GuestFile {
        path: format!("{HOME}/{REPLAY}"),
        content: Content::HostFile(file),
    }));
    let lab = Lab {
        image: build::image(args.kernel)?,
        options: Options {
            accelerator: args.accel,
            cpus: Some(args.cpus),
            verbose: args.verbose,
            files,
            ..Options::default()
        },
    };
    let mode: Vec<_> = args
        .threads
        .then(|| "--threads".to_owned())
        .into_iter()
        .collect();
    let which = match (&args.seeds, args.seed, &args.replay) {
        (Some(seeds), _, _) => vec![format!("--seeds={seeds}")],
        (_, Some(seed), _) => vec![format!("--seed={seed}")],
        (_, _, Some(_)) => vec![format!("--replay={REPLAY}")],
        (None, None, None) => Vec::new(),
    };
    let arguments = [mode.clone(), which.clone(), args.arguments].concat();
    let mut running = crash::Running::new();
    let result = lab.start()?.run_to(command(&arguments), &mut running);
    match result {
        Err(error) if error.is::<Failure>() => {
            for program in running.programs(&which) {
                crash::shrink(&lab, &mode, &program)?;
            }
            Err(error)
        }
        result => result,
    }
}

/// Returns the command that runs the program with these arguments.
fn command(arguments: &[String]) -> Command {
    let own = [BINARY, "--tell"].map(str::to_owned);
    Command {
        argv: [&own[..], arguments].concat(),
        env: Vec::new(),
        terminal: None,
    }
}

/// Returns the program, for the guest's root file system.
pub fn program() -> Result<GuestFile> {
    Ok(GuestFile {
        path: BINARY.to_owned(),
        content: Content::HostFile(build::fuzz()?),
    })
}
