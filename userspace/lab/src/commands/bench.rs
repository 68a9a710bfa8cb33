// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab bench`: counts the instructions of system calls and of guests.

use std::process::ExitCode;

use anyhow::Result;

use crate::comparisons::costs::{self, On};

/// Count the instructions of system calls and of guests, on hiboma, its C twin and KVM
///
/// QEMU counts them, so the figures do not depend on how fast this machine is.
#[derive(clap::Args)]
pub struct Args {
    /// Count only what has one of these words in its name, such as `version`, `exit` or `instruction`
    #[arg(value_name = "WORD")]
    words: Vec<String>,
    /// Count only this column
    #[arg(long)]
    on: Option<On>,
    /// Count the instructions of each function, for what is counted under this name
    #[arg(long, value_name = "NAME", conflicts_with = "words")]
    functions: Option<String>,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let table = match args.functions {
        Some(name) => costs::functions(args.on, &name)?,
        None => costs::count(args.on, &args.words)?,
    };
    print!("{table}");
    Ok(ExitCode::SUCCESS)
}
