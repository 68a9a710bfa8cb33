// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the commands that boot a guest are told about it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use lab_protocol::HOME;

use super::{Accelerator, Options};
use crate::build::Configuration;
use crate::image::{Content, GuestFile};

/// The arguments that every such command has.
#[derive(clap::Args)]
pub struct Arguments {
    /// Put a copy of this file into the directory of the guest that commands start in
    #[arg(long = "file", short, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What runs the guest; by default the host's KVM where it can be used, or else emulation
    #[arg(long)]
    accel: Option<Accelerator>,
    /// How many CPUs the guest has
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=8))]
    cpus: u8,
    /// Which kernel the guest runs
    #[arg(long, default_value = "lab")]
    pub kernel: Configuration,
    /// Show the guest's console on standard error
    #[arg(long, short)]
    pub verbose: bool,
}

impl Arguments {
    /// The same as options of a guest. Fails where a file is not to be had.
    pub fn options(&self) -> Result<Options> {
        Ok(Options {
            accelerator: self.accel,
            cpus: Some(self.cpus),
            timeout: None,
            verbose: self.verbose,
            files: guest_files(&self.files)?,
        })
    }
}

/// Each file under its own name in [`HOME`].
fn guest_files(files: &[PathBuf]) -> Result<Vec<GuestFile>> {
    let mut by_name = BTreeMap::new();
    for file in files {
        let metadata = file
            .metadata()
            .with_context(|| format!("--file {}", file.display()))?;
        ensure!(
            metadata.is_file(),
            "--file {}: not a regular file",
            file.display()
        );
        let name = name(file)?;
        if let Some(other) = by_name.insert(name, file) {
            bail!(
                "--file {} and --file {} would both be {HOME}/{name} in the guest",
                other.display(),
                file.display()
            );
        }
    }
    let files = by_name.into_iter().map(|(name, file)| GuestFile {
        path: format!("{HOME}/{name}"),
        content: Content::HostFile(file.clone()),
    });
    Ok(files.collect())
}

fn name(file: &Path) -> Result<&str> {
    file.file_name()
        .and_then(|name| name.to_str())
        .with_context(|| format!("--file {}: no name in UTF-8", file.display()))
}
