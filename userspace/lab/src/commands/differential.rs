// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab differential`: runs the same guest programs on both devices.

use std::process::ExitCode;

use anyhow::Result;
use lab_protocol::{Command, Status};

use crate::build::{self, Configuration};
use crate::guest::{Accelerator, Guest, HIBOMA, Options, exit_code};
use crate::image::{Content, GuestFile};

/// The path of the program in the guest.
pub const BINARY: &str = "/bin/differential";

/// Run random guest programs on /dev/kvm, on /dev/hiboma and on the interpreter, and compare the runs
///
/// Each seed always gives the same program; a few more programs are written by hand. If the runs of a program
/// differ, shrink the program and print it as assembly. With `-- --mode protected`, `paged`, `pae` or `long`, run
/// programs of that mode on /dev/kvm and on /dev/hiboma-svm.
#[derive(clap::Args)]
#[command(after_help = exit_code::HELP)]
pub struct Args {
    /// Run the guest with KVM or with emulation (tcg); by default with the host's KVM if possible
    #[arg(long)]
    accel: Option<Accelerator>,
    /// Give the guest this many CPUs; each of them runs programs
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=8))]
    cpus: u8,
    /// Print the guest's console on standard error
    #[arg(long, short)]
    verbose: bool,
    /// Arguments of the test: `--mode long`, `--seeds 0..10000`, `--seed N`, `--program NAME`, `--failures N`, devices
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let seen = args.verbose;
    Ok(exit_code::exit_code(run(args), seen))
}

fn run(args: Args) -> Result<Status> {
    let options = Options {
        accelerator: args.accel,
        cpus: Some(args.cpus),
        verbose: args.verbose,
        files: vec![program()?],
        ..Options::default()
    };
    let mut guest = Guest::start(&build::image(Configuration::Lab)?, &options)?;
    guest.load_module(HIBOMA)?;
    guest.run_here(Command {
        argv: [vec![BINARY.to_owned()], args.arguments].concat(),
        env: Vec::new(),
        terminal: None,
    })
}

/// Returns the program, for the guest's root file system.
pub fn program() -> Result<GuestFile> {
    Ok(GuestFile {
        path: BINARY.to_owned(),
        content: Content::HostFile(build::differential()?),
    })
}
