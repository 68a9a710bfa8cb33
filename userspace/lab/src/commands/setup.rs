// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab setup`: installs what `cargo lab doctor` reports as missing.

use std::process::ExitCode;

use anyhow::Result;

use crate::doctor::setup;

/// Install the system packages that are missing (Debian, Ubuntu), or name them (elsewhere)
///
/// It never removes a package, and prints nothing where nothing is missing. All output of apt-get
/// goes to log files in the cache.
#[derive(clap::Args)]
pub struct Args {
    /// Install Chromium as well: `make test` opens the book in it
    #[arg(long)]
    tests: bool,
}

pub fn main(args: Args) -> Result<ExitCode> {
    setup::install(args.tests)?;
    Ok(ExitCode::SUCCESS)
}
