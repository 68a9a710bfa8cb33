// SPDX-License-Identifier: MIT OR Apache-2.0

//! An exercise that is a program.

use std::env;
use std::process::Command;

/// The program under check, to be given arguments and run.
///
/// # Panics
///
/// Where nobody says which it is.
pub fn program() -> Command {
    let path = env::var_os("EXERCISE").expect(
        "EXERCISE is not set: it says which file is to be checked. `cargo lab exercise check` sets it",
    );
    Command::new(path)
}
