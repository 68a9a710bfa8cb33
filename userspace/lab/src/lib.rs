// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab`: boots a Rust-enabled kernel with /dev/kvm and /dev/hiboma anywhere.
//!
//! # Layout
//!
//! | part | contents |
//! | --- | --- |
//! | `commands/` | the commands: one file for each |
//! | `doctor/` | the prerequisites: the list, the probes, the packages |
//! | `build/` | from a checkout to an [`image`]: one file for each step |
//! | `guest/` | from an image to commands that run in a guest |
//! | `trace/` | the kernel functions that run for a command |
//! | `debug/` | gdb on a guest's kernel |
//! | `own.rs` | files to trace or debug instead of the checkout's |
//! | `comparisons/` | comparisons of the two devices, and the files that keep them |
//! | `exercises/` | the exercises, the learner's copies, and the results of their checks |
//! | `suite/` | the tests that `cargo lab test` runs |
//! | `cache.rs`, `workspace.rs` | folders: shared by all checkouts, and of this one |
//! | `text.rs`, `markdown.rs`, `closed_output.rs` | the lab's own text on a terminal, or if its output is closed |
//! | `disk.rs` | files that are written as a whole or not at all |
//! | `landlock.rs` | whether a compiler can be kept from reading the machine's files |
//! | `progress.rs`, `child.rs` | the programs that a build runs: their progress, and their end |

pub mod build;
pub mod cache;
pub mod child;
pub mod closed_output;
mod commands;
pub mod comparisons;
mod debug;
pub mod disk;
mod doctor;
pub mod exercises;
pub mod guest;
pub mod image;
pub mod landlock;
mod markdown;
pub mod own;
mod progress;
mod suite;
pub mod text;
mod trace;
pub mod workspace;

use std::process::ExitCode;

use clap::Parser;

pub use commands::serve::Args as ServeArguments;

use guest::exit_code;

const ENVIRONMENT: &str = "\
Environment:
  KERNEL_SRC      build from this kernel source tree, 7.3 or newer, instead of Debian's
  DEBIAN_MIRROR   use this Debian mirror if this machine's apt knows none
  XDG_CACHE_HOME  keep the kernel in the folder hiboma-rs/ of this folder; by default ~/.cache";

/// Boot a Rust-enabled kernel with a real /dev/kvm and with /dev/hiboma, on any x86-64 Linux machine
#[derive(Parser)]
#[command(bin_name = "cargo lab", after_help = ENVIRONMENT)]
enum Lab {
    Doctor(commands::doctor::Args),
    Setup(commands::setup::Args),
    Ready(commands::ready::Args),
    Build(commands::build::Args),
    Kdir(commands::kdir::Args),
    RustAnalyzer(commands::rust_analyzer::Args),
    Run(commands::run::Args),
    Shell(commands::shell::Args),
    Trace(commands::trace::Args),
    Debug(commands::debug::Args),
    Demo(commands::demo::Args),
    Differential(commands::differential::Args),
    Fuzz(commands::fuzz::Args),
    Exercise(commands::exercise::Args),
    Test(commands::test::Args),
    Record(commands::record::Args),
    Compare(commands::compare::Args),
    Bench(commands::bench::Args),
    Serve(commands::serve::Args),
    Source(commands::source::Args),
    Completion(commands::completion::Args),
}

/// Runs the command line.
pub fn main() -> ExitCode {
    closed_output::is_no_panic();
    let result = match Lab::parse() {
        Lab::Doctor(args) => commands::doctor::main(args),
        Lab::Setup(args) => commands::setup::main(args),
        Lab::Ready(args) => commands::ready::main(args),
        Lab::Build(args) => commands::build::main(args),
        Lab::Kdir(args) => commands::kdir::main(args),
        Lab::RustAnalyzer(args) => commands::rust_analyzer::main(args),
        Lab::Run(args) => commands::run::main(args),
        Lab::Shell(args) => commands::shell::main(args),
        Lab::Trace(args) => commands::trace::main(args),
        Lab::Debug(args) => commands::debug::main(args),
        Lab::Demo(args) => commands::demo::main(args),
        Lab::Differential(args) => commands::differential::main(args),
        Lab::Fuzz(args) => commands::fuzz::main(args),
        Lab::Exercise(args) => commands::exercise::main(args),
        Lab::Test(args) => commands::test::main(args),
        Lab::Record(args) => commands::record::main(args),
        Lab::Compare(args) => commands::compare::main(args),
        Lab::Bench(args) => commands::bench::main(args),
        Lab::Serve(args) => commands::serve::main(args),
        Lab::Source(args) => commands::source::main(args),
        Lab::Completion(args) => commands::completion::main(args),
    };
    result.unwrap_or_else(|error| exit_code::exit_code(Err(error), false))
}
