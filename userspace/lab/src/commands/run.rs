// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab run`: runs one command in a guest, as if it ran here.

use std::process::ExitCode;

use anyhow::Result;
use lab_protocol::{Command, Status};

use crate::build;
use crate::guest::{Arguments, Guest, HIBOMA, exit_code};

/// Run a command in the guest, as if it ran here
///
/// Start a guest with KVM, load hiboma.ko, and run the command there, with the input, the output and the exit
/// status of `cargo lab run`. The kernel's log is not in the output. The guest has no network and no disk, by
/// design: `--file` copies files into the guest, and `--out` copies them back. Several guests can run at once.
#[derive(clap::Args)]
#[command(after_help = exit_code::HELP)]
pub struct Args {
    #[command(flatten)]
    guest: Arguments,
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, value_name = "CMD")]
    command: Vec<String>,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let seen = args.guest.start.verbose;
    Ok(exit_code::exit_code(run(args), seen))
}

fn run(args: Args) -> Result<Status> {
    let options = args.guest.start.options()?;
    let mut guest = Guest::start(&build::image(args.guest.start.kernel())?, &options)?;
    guest.load_module(HIBOMA)?;
    let command = Command {
        argv: args.command,
        env: Vec::new(),
        terminal: None,
    };
    args.guest.run(&mut guest, command)
}
