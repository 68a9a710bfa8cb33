// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab rust-analyzer`: makes completion and errors in an editor work for kernel code too.

use std::process::ExitCode;

use anyhow::Result;

use crate::build;
use crate::workspace;

/// Write module/rust-project.json, with which rust-analyzer understands modules and exercises
#[derive(clap::Args)]
pub struct Args {}

pub fn main(_args: Args) -> Result<ExitCode> {
    let (path, roots) = build::rust_analyzer::write()?;
    let path = path.strip_prefix(workspace::root()).unwrap_or(&path);
    println!("{} describes {} modules.", path.display(), roots.len());
    println!("Tell rust-analyzer of it in your editor's settings for this folder:");
    println!(
        "    \"rust-analyzer.linkedProjects\": [\"Cargo.toml\", \"{}\"]",
        path.display()
    );
    Ok(ExitCode::SUCCESS)
}
