// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab serve`: the book in a browser.

use std::env;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use anyhow::{Context, Error, Result};

use crate::build;
use crate::workspace;

/// Serve the book at http://localhost:3000 and open it in the browser
///
/// Builds mdbook first, once, if version 0.5 is not on PATH. Builds the book again whenever a
/// chapter changes. End it with Ctrl-C.
#[derive(clap::Args)]
pub struct Args {
    /// Arguments for `mdbook serve`, e.g. `--port 8000`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let mut mdbook = Command::new(build::mdbook()?);
    mdbook.arg("serve").args(args.arguments);
    if has_display() {
        mdbook.arg("--open");
    }
    mdbook.arg(workspace::root().join("book"));
    // mdbook takes the place of the lab, so whatever ends the lab ends the server.
    Err(Error::from(mdbook.exec())).context("mdbook does not start")
}

/// Whether a browser can have a window here.
fn has_display() -> bool {
    let variables = ["DISPLAY", "WAYLAND_DISPLAY"];
    variables.iter().any(|name| env::var_os(name).is_some())
}
