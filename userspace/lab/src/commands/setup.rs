// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab setup`: installs what the doctor misses.

use std::process::ExitCode;

use anyhow::Result;

use crate::doctor::setup;

/// Installs the system packages that are missing (Debian, Ubuntu), or says which (elsewhere)
#[derive(clap::Args)]
pub struct Args {}

pub fn main(_args: Args) -> Result<ExitCode> {
    setup::install()?;
    Ok(ExitCode::SUCCESS)
}
