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
//! | `guest/` | from an image to commands that run in a guest |
//! | `suite/` | what `cargo lab test` runs |

mod build;
mod cache;
mod child;
mod commands;
mod doctor;
mod excerpts;
mod guest;
mod image;
mod pairs;
mod progress;
mod readme;
mod recordings;
mod side_by_side;
mod suite;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

/// Boots a Rust-enabled kernel with a real /dev/kvm and /dev/hiboma, on any x86-64 Linux machine
#[derive(Parser)]
#[command(bin_name = "cargo lab")]
enum Lab {
    Doctor(commands::doctor::Args),
    Setup(commands::setup::Args),
    Build(commands::build::Args),
    Run(commands::run::Args),
    Shell(commands::shell::Args),
    Demo(commands::demo::Args),
    Test(commands::test::Args),
    Record(commands::record::Args),
}

fn main() -> ExitCode {
    let result = match Lab::parse() {
        Lab::Doctor(args) => commands::doctor::main(args),
        Lab::Setup(args) => commands::setup::main(args),
        Lab::Build(args) => commands::build::main(args),
        Lab::Run(args) => commands::run::main(args),
        Lab::Shell(args) => commands::shell::main(args),
        Lab::Demo(args) => commands::demo::main(args),
        Lab::Test(args) => commands::test::main(args),
        Lab::Record(args) => commands::record::main(args),
    };
    result.unwrap_or_else(|error| {
        eprintln!("cargo lab: {error:#}");
        ExitCode::FAILURE
    })
}
