// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab fuzz`: random system calls on both devices.

mod crash;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use lab_protocol::{Command, HOME, Status};

use crate::build::{self, Configuration};
use crate::guest::{Accelerator, Failure, Guest, HIBOMA, Options, exit_code};
use crate::image::{Content, GuestFile, Image};

/// The program, in the guest.
pub const BINARY: &str = "/bin/fuzz";

/// Where the file of `--replay` is in the guest.
const REPLAY: &str = "replay";

/// Run random system calls on /dev/kvm and on /dev/hiboma, and compare what they come to
///
/// A program is a list of such calls, which a seed decides. One that comes to something else on
/// the two devices is shrunk and printed; so is one that crashes the guest's kernel, in
/// further guests.
#[derive(clap::Args)]
#[command(after_help = exit_code::HELP)]
pub struct Args {
    /// The seeds of the programs, the last one excluded [default: 0..1000]
    #[arg(long, conflicts_with_all = ["seed", "replay"])]
    seeds: Option<String>,
    /// Run the program of one seed, and print it
    #[arg(long, conflicts_with = "replay")]
    seed: Option<u64>,
    /// Run the program in this file, in the form in which programs are printed
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
    /// Run each program in several threads on /dev/hiboma, and compare nothing
    #[arg(long)]
    threads: bool,
    /// What runs the guest; by default the host's KVM where it can be used, or else emulation
    #[arg(long)]
    accel: Option<Accelerator>,
    /// How many CPUs the guest has, each of which runs programs
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=8))]
    cpus: u8,
    /// Which kernel the guest runs
    #[arg(long, default_value = "lab")]
    kernel: Configuration,
    /// Show the guest's console on standard error
    #[arg(long, short)]
    verbose: bool,
    /// What is passed on: `--keep NUMBERS`, `--repeat TIMES`, `--failures N`, `--workers N`
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

/// The program with these arguments.
fn command(arguments: &[String]) -> Command {
    let own = [BINARY, "--tell"].map(str::to_owned);
    Command {
        argv: [&own[..], arguments].concat(),
        env: Vec::new(),
        terminal: None,
    }
}

/// The program, for the guest's root file system.
pub fn program() -> Result<GuestFile> {
    Ok(GuestFile {
        path: BINARY.to_owned(),
        content: Content::HostFile(build::fuzz()?),
    })
}
