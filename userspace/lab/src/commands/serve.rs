// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab serve`: the live book, by a program of its own, so that whoever does not read it here needs
//! nothing that it is made of.

use std::env;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Error, Result};

use crate::workspace;

/// What comes before the arguments of this command.
const LAB_SERVE: usize = 2;

/// Serve the book to your browser, which can then run in guests what the book shows
///
/// Under each recorded output there is a button that runs its command again, and each listing can be changed and run.
/// What you change is a copy of your own: the checkout stays as it is. The book is built again whenever a
/// chapter or a listing changes. End it with Ctrl-C.
#[derive(clap::Args)]
pub struct Args {
    /// The port to listen on; 0 is any that is free
    #[arg(long, short, default_value_t = 3000)]
    pub port: u16,
    /// The address to listen on; 0.0.0.0 is every one that this machine has
    #[arg(long, short = 'n', default_value = "127.0.0.1", value_name = "ADDRESS")]
    pub hostname: String,
    /// The address by which browsers reach this server, where a name or a proxy leads here: https://room.example.org
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Serve a room: seats join by a link and a name, and you see how far they are
    #[arg(long)]
    pub workshop: bool,
    /// The address that several servers of a lecture hall share: a seat joins there, and goes on to --url
    #[arg(long, value_name = "URL", requires_all = ["workshop", "url", "code"])]
    pub hall: Option<String>,
    /// The code of the link by which seats join, instead of one that is drawn; the same for all servers of a hall
    #[arg(
        long,
        env = "HIBOMA_CODE",
        hide_env_values = true,
        requires = "workshop"
    )]
    pub code: Option<String>,
    /// Build all that pages will ask for, and end
    #[arg(long)]
    pub prepare: bool,
    /// Do not open the book in the browser
    #[arg(long)]
    pub no_open: bool,
    /// The folder for what readers change and how far they are; by default target/live, and for your own
    /// exercises userspace/exercises/mine
    #[arg(long, value_name = "FOLDER")]
    pub state: Option<PathBuf>,
}

pub fn main(_: Args) -> Result<ExitCode> {
    let mut server = Command::new("cargo");
    server
        .args(["run", "--quiet", "--package=lab-server", "--"])
        .args(env::args_os().skip(LAB_SERVE))
        .current_dir(workspace::root());
    // The server takes the place of the lab, so whatever ends the lab ends the server.
    Err(Error::from(server.exec())).context("cargo does not start")
}
