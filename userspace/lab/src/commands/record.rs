// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab record`: makes `comparisons/` anew, from the kernel's source and from real runs.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use crate::build;
use crate::comparisons::recordings::{self, normalise};
use crate::comparisons::{differences, excerpts, readme};
use crate::guest::{Guest, HIBOMA, Options, UNATTENDED};

/// Runs every recorded command again and writes what it prints, with the kernel's excerpts, into comparisons/
#[derive(clap::Args)]
pub struct Args {}

pub fn main(_args: Args) -> Result<ExitCode> {
    let (kernel, _) = build::kernel()?;
    for excerpt in excerpts::all()? {
        keep(&excerpt.path(), &excerpt.cut(&kernel)?)?;
    }
    keep(&differences::path(), &differences::list()?)?;
    let image = build::image()?;
    let options = Options {
        timeout: Some(UNATTENDED),
        ..Options::default()
    };
    let recordings = recordings::all()?;
    for module in recordings
        .iter()
        .map(|recording| &recording.module)
        .collect::<BTreeSet<_>>()
    {
        let mut guest = Guest::boot(&image, &options)?;
        guest.load_module(&format!("/lib/modules/{module}"))?;
        for recording in recordings
            .iter()
            .filter(|recording| recording.module == *module)
        {
            keep(&recording.path(), &recording.take(&mut guest)?)?;
        }
    }
    let mut guest = Guest::boot(&image, &options)?;
    guest.load_module(HIBOMA)?;
    let readme = fs::read_to_string(readme::path())?;
    keep(
        &readme::path(),
        &readme::with_demo(&readme, &readme::demo(&mut guest)?)?,
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Writes `new`, unless the file differs only in what must vary.
fn keep(path: &Path, new: &str) -> Result<()> {
    let old = fs::read_to_string(path).unwrap_or_default();
    if normalise(&old) != normalise(new) {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, new)?;
        println!("{}", path.display());
    }
    Ok(())
}
