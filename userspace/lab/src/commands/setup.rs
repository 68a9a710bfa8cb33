// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab setup`: installs what the doctor misses.

use std::process::ExitCode;

use anyhow::Result;

use crate::doctor::setup;

/// Installs the system packages that are missing (Debian, Ubuntu), or says which (elsewhere)
#[derive(clap::Args)]
pub struct Args {
    /// Also what only `make test` needs: a browser, to look at the book
    #[arg(long)]
    tests: bool,
}

pub fn main(args: Args) -> Result<ExitCode> {
    setup::install(args.tests)?;
    Ok(ExitCode::SUCCESS)
}
