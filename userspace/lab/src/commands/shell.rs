// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab shell`: an interactive shell in a guest.

use std::env;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use anyhow::{Result, ensure};
use lab_protocol::{Command, Status};

use crate::build;
use crate::guest::{Arguments, Guest, HIBOMA, exit_code, terminal};

/// Open a shell in the guest, with the programs of the steps in the PATH
///
/// Leave it with `exit` or Ctrl-D. If it hangs, type Enter, then ~ and a full stop, as in ssh.
#[derive(clap::Args)]
#[command(after_help = exit_code::HELP)]
pub struct Args {
    #[command(flatten)]
    guest: Arguments,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let seen = args.guest.start.verbose;
    Ok(exit_code::exit_code(shell(args), seen))
}

fn shell(args: Args) -> Result<Status> {
    ensure!(
        io::stdin().is_terminal() && io::stdout().is_terminal(),
        "a shell needs a terminal for its input and output; for a script there is \
         `cargo lab run -- sh`"
    );
    let options = args.guest.start.options()?;
    let mut guest = Guest::start(&build::image(args.guest.start.kernel())?, &options)?;
    guest.load_module(HIBOMA)?;
    eprintln!("This is the guest. Leave it with `exit` or Ctrl-D; if it hangs, with Enter ~ .");

    let command = Command {
        argv: vec!["sh".into()],
        env: environment(),
        terminal: Some(terminal::size()),
    };
    let _raw = terminal::Raw::enter(guest.sender())?;
    args.guest.run(&mut guest, command)
}

/// Returns the kind of terminal, and a prompt that shows that this is the guest, in every busybox.
fn environment() -> Vec<(String, String)> {
    let mut environment = vec![("PS1".into(), "guest # ".into())];
    environment.extend(env::var("TERM").map(|term| ("TERM".into(), term)));
    environment
}
