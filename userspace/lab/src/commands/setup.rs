// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab setup`: installs what `cargo lab doctor` reports as missing.

use std::process::ExitCode;

use anyhow::Result;

use crate::doctor::prerequisite::Extra;
use crate::doctor::setup;

/// Install the missing system packages (Debian, Ubuntu), or list them (other distributions)
///
/// Never remove a package. Print nothing if no package is missing. All output of apt-get goes to log files in
/// the cache.
#[derive(clap::Args)]
pub struct Args {
    /// Also install Chromium, gdb, HAProxy and a Japanese font, which only `make test` needs
    #[arg(long)]
    tests: bool,
    /// Also install clang, which compiles the debug kernel
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
