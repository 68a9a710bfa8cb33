// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab test`: runs all tests that need a guest or a kernel, and reports them as cargo does.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;
use libtest_mimic::Arguments;

use crate::build::Configuration;
use crate::suite;

/// Run the guest tests, the recorded commands and the lints, with the arguments of a Rust test binary
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub struct Args {
    /// Run the tests on this kernel; on the debug kernel only the modules' tests, injecting each failure once
    #[arg(long, default_value = "lab")]
    kernel: Configuration,
    /// A filter for names, `--exact`, `--list`, … as in `cargo test -- --help`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

pub fn main(args: Args) -> Result<ExitCode> {
    let program = OsString::from("cargo lab test");
    let mut arguments = Arguments::from_iter([program].into_iter().chain(args.arguments));
    if args.kernel == Configuration::Debug {
        // The reports are read in the guest in which the tests ran, so there must be one guest.
        arguments.test_threads = Some(1);
    }
    Ok(libtest_mimic::run(&arguments, suite::trials(args.kernel)?).exit_code())
}
