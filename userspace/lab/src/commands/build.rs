// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab build`: everything that a guest is made of.

use std::process::ExitCode;

use anyhow::Result;

use crate::build::{self, Configuration};

/// Builds kernel, modules, guest programs and initramfs, so far as they are not built yet
#[derive(clap::Args)]
pub struct Args {
    /// Which kernel to build
    #[arg(long, default_value = "lab")]
    kernel: Configuration,
}

pub fn main(args: Args) -> Result<ExitCode> {
    build::image(args.kernel)?;
    let (kernel, _) = build::kernel(args.kernel)?;
    println!(
        "Linux {} is built, and all that runs on it.",
        kernel.release()?
    );
    println!("For `make -C module`: KDIR={}", kernel.folder.display());
    Ok(ExitCode::SUCCESS)
}
