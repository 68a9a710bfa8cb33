// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the lab does when its own output is closed. `println!`
//! and `eprintln!` panic then, both here and in libraries.

use std::io::{Write, stderr};
use std::panic::{self, PanicHookInfo};
use std::process::exit;

use crate::guest::exit_code::{LAB_FAILED, PIPE_CLOSED};

/// The beginnings of such a panic's message.
const FAILED: [&str; 2] = ["failed printing to stdout: ", "failed printing to stderr: "];

/// From here on a closed pipe ends the lab as `SIGPIPE` would, and a full disk gives a short error.
pub fn is_no_panic() {
    let other = panic::take_hook();
    panic::set_hook(Box::new(move |panic| match error(panic) {
        Some(error) if error.starts_with("Broken pipe") => exit(PIPE_CLOSED.into()),
        Some(error) => {
            // If standard error fails too, the error cannot be reported.
            let _ = writeln!(stderr(), "cargo lab: cannot write the output: {error}");
            exit(LAB_FAILED.into())
        }
        None => other(panic),
    }));
}

fn error<'a>(panic: &'a PanicHookInfo) -> Option<&'a str> {
    let message = panic.payload_as_str()?;
    FAILED.iter().find_map(|begin| message.strip_prefix(begin))
}
