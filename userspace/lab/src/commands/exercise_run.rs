// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab exercise run`: lets learners try out what they have written so far.

use std::process::ExitCode;

use anyhow::Result;
use lab_protocol::{Command, Status};

use crate::build;
use crate::build::exercise::Strictness;
use crate::exercises;
use crate::guest::{Arguments, Guest, HIBOMA, exit_code};

#[derive(clap::Args)]
#[command(after_help = exit_code::HELP)]
pub struct Args {
    #[command(flatten)]
    guest: Arguments,
    /// The exercise's number or name
    #[arg(value_name = "N")]
    exercise: String,
    /// The command and its arguments; `sh` runs a script from standard input
    #[arg(required = true, trailing_var_arg = true, value_name = "CMD")]
    command: Vec<String>,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let seen = args.guest.start.verbose;
    Ok(exit_code::exit_code(run(args), seen))
}

fn run(args: Args) -> Result<Status> {
    let kernel = args.guest.start.kernel();
    let made = [exercises::made(
        &args.exercise,
        Strictness::Compiles,
        kernel.clone(),
    )?];
    let mut options = args.guest.start.options()?;
    options.files.extend(made.clone());
    let mut guest = Guest::start(&build::image(kernel)?, &options)?;
    guest.load_module(HIBOMA)?;
    guest.load_modules(&made)?;
    let command = Command {
        argv: args.command,
        env: Vec::new(),
        terminal: None,
    };
    args.guest.run(&mut guest, command)
}
