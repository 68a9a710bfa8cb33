// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab`.

use std::process::ExitCode;

fn main() -> ExitCode {
    lab::main()
}
