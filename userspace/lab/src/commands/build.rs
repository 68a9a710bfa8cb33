// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab build`: everything that a guest is made of.

use std::process::ExitCode;

use anyhow::Result;

use crate::build;

/// Builds kernel, modules, guest programs and initramfs, so far as they are not built yet
#[derive(clap::Args)]
pub struct Args {}

pub fn main(_args: Args) -> Result<ExitCode> {
    build::image()?;
    let (kernel, _) = build::kernel()?;
    println!(
        "Linux {} is built, and all that runs on it.",
        kernel.release()?
    );
    println!("For `make -C module`: KDIR={}", kernel.folder.display());
    Ok(ExitCode::SUCCESS)
}
