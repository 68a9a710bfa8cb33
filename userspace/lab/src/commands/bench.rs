// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab bench`: counts the instructions of system calls and of guests.

use std::process::ExitCode;

use anyhow::Result;

use crate::comparisons::costs::{self, On};

/// Count the instructions of system calls and of guests, on hiboma, its C twin and KVM
///
/// QEMU counts them, so the figures do not depend on how fast this machine is. Without arguments,
/// comparisons/costs.md is written; with arguments, a table is printed.
#[derive(clap::Args)]
pub struct Args {
    /// Count only what has one of these words in its name, such as `version`, `exit` or `instruction`
    #[arg(value_name = "WORD")]
    words: Vec<String>,
    /// Count only in this column
    #[arg(long)]
    on: Option<On>,
    /// Tell the functions in which the instructions are, for what is counted under this name
    #[arg(long, value_name = "NAME", conflicts_with = "words")]
    functions: Option<String>,
}

pub fn main(args: Args) -> Result<ExitCode> {
    match args.functions {
        Some(name) => print!("{}", costs::functions(args.on, &name)?),
        None if args.on.is_none() && args.words.is_empty() => costs::keep()?,
        None => print!("{}", costs::count(args.on, &args.words)?),
    }
    Ok(ExitCode::SUCCESS)
}
