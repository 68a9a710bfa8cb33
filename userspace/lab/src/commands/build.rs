// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab build`: builds everything that a guest needs.

use std::process::ExitCode;

use anyhow::Result;

use crate::build::{self, KernelArguments};
use crate::guest::{Guest, Options};

/// Build the kernel, the modules and the guest's programs, and take the snapshot from which guests resume
///
/// Build only what is missing or out of date.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    kernel: KernelArguments,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let wanted = args.kernel.wanted();
    let image = build::image(wanted.clone())?;
    Guest::take_snapshot(&image, &Options::default());
    let (kernel, _) = build::kernel(wanted)?;
    println!(
        "Linux {} is built, and all that runs on it.",
        kernel.release()?
    );
    println!("For modules of your own: KDIR={}", kernel.folder.display());
    Ok(ExitCode::SUCCESS)
}
