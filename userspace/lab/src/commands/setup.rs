// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab setup`: installs what `cargo lab doctor` reports as missing.

use std::process::ExitCode;

use anyhow::Result;

use crate::doctor::prerequisite::Extra;
use crate::doctor::setup;

/// Install the system packages that are missing (Debian, Ubuntu), or name them (elsewhere)
///
/// It never removes a package, and prints nothing where nothing is missing. All output of apt-get
/// goes to log files in the cache.
#[derive(clap::Args)]
pub struct Args {
    /// Install Chromium, gdb and HAProxy as well, which only `make test` needs
    #[arg(long)]
    tests: bool,
    /// Install clang as well: the debug kernel is compiled by it
    #[arg(long)]
    debug_kernel: bool,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let asked = [
        (Extra::Tests, args.tests),
        (Extra::Gdb, args.tests),
        (Extra::DebugKernel, args.debug_kernel),
    ];
    let extras = asked.iter().filter(|(_, is_asked)| *is_asked);
    let extras: Vec<_> = extras.map(|(extra, _)| *extra).collect();
    setup::install(&extras)?;
    Ok(ExitCode::SUCCESS)
}
