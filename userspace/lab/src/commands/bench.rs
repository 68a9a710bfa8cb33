// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab bench`: counts the instructions of system calls and of guests.

use std::process::ExitCode;

use anyhow::Result;

use crate::build::KernelArguments;
use crate::comparisons::costs::{self, On};

/// Count the kernel's instructions for system calls and for guests, on hiboma, its C twin and KVM
///
/// QEMU counts them, so the figures do not depend on the speed of this machine. Without arguments, write
/// comparisons/costs.md; with arguments, print a table. `--kconfig` shows the cost of a kernel option.
#[derive(clap::Args)]
pub struct Args {
    /// Count only rows with one of these words in their name, such as `version`, `exit` or `instruction`
    #[arg(value_name = "WORD")]
    words: Vec<String>,
    /// Count only this column
    #[arg(long)]
    on: Option<On>,
    /// Print the functions that execute the instructions of the row with this name
    #[arg(long, value_name = "NAME", conflicts_with = "words")]
    functions: Option<String>,
    #[command(flatten)]
    kernel: KernelArguments,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let kernel = args.kernel.wanted();
    match args.functions {
        Some(name) => print!("{}", costs::functions(args.on, &name, kernel)?),
        None if args.on.is_none() && args.words.is_empty() && kernel.is_lab_s() => costs::keep()?,
        None => print!("{}", costs::count(args.on, &args.words, kernel)?),
    }
    Ok(ExitCode::SUCCESS)
}
