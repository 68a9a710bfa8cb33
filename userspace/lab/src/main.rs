// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab`: boots a Rust-enabled kernel with /dev/kvm and /dev/hiboma anywhere.
//!
//! # Layout
//!
//! | part | what it is |
//! | --- | --- |
//! | `commands/` | what is typed: one file a command |
//! | `doctor/` | what the machine must have: the list, the probes, the packages |
//! | `build/` | from a checkout to an [`image`]: one file a step |

mod build;
mod cache;
mod commands;
mod doctor;
mod image;
mod progress;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

/// Boots a Rust-enabled kernel with a real /dev/kvm and /dev/hiboma, on any x86-64 Linux machine
#[derive(Parser)]
#[command(bin_name = "cargo lab")]
enum Lab {
    Doctor(commands::doctor::Args),
    Setup(commands::setup::Args),
    Build(commands::build::Args),
}

fn main() -> Result<ExitCode> {
    match Lab::parse() {
        Lab::Doctor(args) => commands::doctor::main(args),
        Lab::Setup(args) => commands::setup::main(args),
        Lab::Build(args) => commands::build::main(args),
    }
}
