// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab record`: writes `comparisons/` again, from real runs.

use std::fs;
use std::process::ExitCode;

use anyhow::Result;

use super::compare;
use crate::build::{self, Configuration};
use crate::comparisons::kept::keep;
use crate::comparisons::{costs, differences, readme, recordings, watched};
use crate::guest::{Guest, HIBOMA, Options, UNATTENDED};

/// Write all of comparisons/ again: the output of every recorded command, and the tables of `compare` and
/// `bench`
#[derive(clap::Args)]
pub struct Args {}

pub fn main(_args: Args) -> Result<ExitCode> {
    keep(&differences::path(), &differences::list()?)?;
    let image = build::image(Configuration::Lab)?;
    let options = Options {
        timeout: Some(UNATTENDED),
        ..Options::default()
    };
    for recording in recordings::all()? {
        let mut guest = Guest::start(&image, &options)?;
        guest.load_module(&format!("/lib/modules/{}", recording.module))?;
        keep(&recording.path(), &recording.take(&mut guest)?)?;
    }
    for watched in watched::all()? {
        keep(&watched.path(), &watched.take()?)?;
    }
    let mut guest = Guest::start(&image, &options)?;
    guest.load_module(HIBOMA)?;
    let readme = fs::read_to_string(readme::path())?;
    keep(
        &readme::path(),
        &readme::with_demo(&readme, &readme::demo(&mut guest)?)?,
    )?;
    compare::compare()?;
    costs::keep()?;
    Ok(ExitCode::SUCCESS)
}
