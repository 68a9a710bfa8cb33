// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab compare`: writes the tables of `comparisons/` again.

use std::process::ExitCode;

use anyhow::Result;

use crate::build::{self, Configuration};
use crate::comparisons::evidence;
use crate::comparisons::kept::keep;
use crate::guest::{Guest, HIBOMA};

/// Write the tables of comparisons/ again: trace each step on both devices, and compare the traces
#[derive(clap::Args)]
pub struct Args {}

pub fn main(_args: Args) -> Result<ExitCode> {
    compare()?;
    Ok(ExitCode::SUCCESS)
}

/// Writes every table, and prints the names of the files that have changed.
pub fn compare() -> Result<()> {
    let (image, options) = (build::image(Configuration::Lab)?, evidence::options()?);
    for evidence in evidence::all()? {
        let mut guest = Guest::start(&image, &options)?;
        guest.load_module(HIBOMA)?;
        keep(&evidence.path(), &evidence.take(&mut guest)?)?;
    }
    Ok(())
}
