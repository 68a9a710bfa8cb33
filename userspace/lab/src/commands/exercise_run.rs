// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab exercise run`: a learner's own look at what there is so far.

use std::process::ExitCode;

use anyhow::{Result, bail};
use lab_protocol::{Command, HOME, Status};

use crate::build;
use crate::build::exercise::{Built, Strictness};
use crate::exercises::{self, Mine};
use crate::guest::{Arguments, Guest, HIBOMA, exit_code};
use crate::image::{Content, GuestFile};

#[derive(clap::Args)]
#[command(after_help = exit_code::HELP)]
pub struct Args {
    #[command(flatten)]
    guest: Arguments,
    /// The exercise's number or its name
    #[arg(value_name = "N")]
    exercise: String,
    /// The command, and its arguments; `sh` runs a script that it reads
    #[arg(required = true, trailing_var_arg = true, value_name = "CMD")]
    command: Vec<String>,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let seen = args.guest.verbose;
    Ok(exit_code::exit_code(run(args), seen))
}

fn run(args: Args) -> Result<Status> {
    let exercise = exercises::find(&args.exercise)?;
    let mine = Mine::of(&exercise);
    mine.check_started(&exercise)?;
    let kernel = args.guest.kernel();
    let (path, name) =
        match build::exercise::build(&mine.folder(), Strictness::Compiles, kernel.clone())? {
            Built::Refused(compiler) => bail!("it does not compile yet:\n{compiler}"),
            Built::Binary { path, name, .. } => (path, name),
        };
    let file = format!("{HOME}/{name}");
    let mut options = args.guest.options()?;
    options.files.push(GuestFile {
        path: file.clone(),
        content: Content::HostFile(path),
    });
    let mut guest = Guest::start(&build::image(kernel)?, &options)?;
    guest.load_module(HIBOMA)?;
    if name.ends_with(".ko") {
        guest.load_module(&file)?;
    }
    let command = Command {
        argv: args.command,
        env: Vec::new(),
        terminal: None,
    };
    args.guest.run(&mut guest, command)
}
