// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab serve`: the live book. It is a separate program, so
//! that only those who read the book here build its dependencies.

use std::env;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Error, Result};

use crate::workspace;

/// The number of words before the arguments of this command.
const LAB_SERVE: usize = 2;

/// Serve the book to your browser, and run the book's commands in guests
///
/// Each recorded output has a button that runs its command again, and you can edit and run each listing. You edit
/// your own copy: the checkout does not change. The server builds the book again whenever a chapter or a listing
/// changes. Stop it with Ctrl-C.
#[derive(clap::Args)]
pub struct Args {
    /// Listen on this port; 0 means any free port
    #[arg(long, short, default_value_t = 3000)]
    pub port: u16,
    /// Listen on this address; 0.0.0.0 means all addresses of this machine
    #[arg(long, short = 'n', default_value = "127.0.0.1", value_name = "ADDRESS")]
    pub hostname: String,
    /// Use this address in links, if browsers reach the server by a name or through a proxy: https://room.example.org
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Serve a room: participants join by a link and a name, and you see their progress
    #[arg(long)]
    pub workshop: bool,
    /// Be one of several servers that share this address: browsers join there, and are redirected to --url
    #[arg(long, value_name = "URL", requires_all = ["workshop", "url", "code"])]
    pub hall: Option<String>,
    /// Use this code in the link for participants, instead of a random one; the same for all servers of a hall
    #[arg(
        long,
        env = "HIBOMA_CODE",
        hide_env_values = true,
        requires = "workshop"
    )]
    pub code: Option<String>,
    /// Build everything that the pages need, and exit
    #[arg(long)]
    pub prepare: bool,
    /// Do not open the book in the browser
    #[arg(long)]
    pub no_open: bool,
    /// Keep readers' files and progress in this folder; by default in target/live, and your own exercises in
    /// userspace/exercises/mine
    #[arg(long, value_name = "FOLDER")]
    pub state: Option<PathBuf>,
}

pub fn main(_: Args) -> Result<ExitCode> {
    let mut server = Command::new("cargo");
    server
        .args(["run", "--quiet", "--package=lab-server", "--"])
        .args(env::args_os().skip(LAB_SERVE))
        .current_dir(workspace::root());
    // The server replaces the lab's process, so whatever ends the lab ends the server.
    Err(Error::from(server.exec())).context("cargo does not start")
}
