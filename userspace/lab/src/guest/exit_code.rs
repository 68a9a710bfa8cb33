// SPDX-License-Identifier: MIT OR Apache-2.0

//! The lab's exit status: the command's own, or one for what went wrong.

use std::io;
use std::process::ExitCode;

use anyhow::{Error, Result};
use lab_protocol::Status;

use super::failure::{Failure, Kind};
use super::output::Undelivered;
use crate::text::wrapped_error;

/// The text in the lab's `--help`. 124 and 125 are those of `timeout(1)`.
pub const HELP: &str = "\
Exit status:
  the status of the command; 128+N if signal N ended the command; 127 if the guest has no such
  command; 126 if the command cannot be executed
    2  cargo lab does not know one of its arguments
  123  the guest's kernel crashed: panic, oops or warning
  124  the command ran longer than --timeout
  125  the lab itself failed, or the guest shut down or restarted, or you left it with ~.";

const CRASHED: u8 = 123;
const TIMED_OUT: u8 = 124;
/// See [`HELP`].
pub const LAB_FAILED: u8 = 125;
/// 128+SIGPIPE: a program that writes to a closed pipe is killed by that signal.
pub const PIPE_CLOSED: u8 = 141;

/// Converts the end of a command to the lab's exit status, and reports an error on standard error,
/// with an excerpt of the guest's log, unless the user has `seen` the log already.
pub fn exit_code(result: Result<Status>, seen: bool) -> ExitCode {
    let code = match result {
        Ok(status) => status.code(),
        Err(error) if is_closed_pipe(&error) => PIPE_CLOSED,
        Err(error) => {
            let failure = error.downcast_ref::<Failure>();
            let excerpt = failure.filter(|_| !seen).map(Failure::excerpt);
            if let Some(excerpt) = excerpt.filter(|it| !it.is_empty()) {
                eprintln!("{excerpt}\n(the rest of the kernel's log: -v)");
            }
            eprintln!("{}", wrapped_error(&format!("cargo lab: {error:#}")));
            match failure.map(|failure| &failure.kind) {
                Some(Kind::Crashed(_)) => CRASHED,
                Some(Kind::TimedOut(_)) => TIMED_OUT,
                Some(Kind::Gone(_) | Kind::Left) | None => LAB_FAILED,
            }
        }
    };
    code.into()
}

fn is_closed_pipe(error: &Error) -> bool {
    let error = error.downcast_ref::<Undelivered>();
    error.is_some_and(|error| error.0.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::{Undelivered, is_closed_pipe};

    #[test]
    fn only_the_lab_s_own_output_is_a_closed_pipe() {
        let broken = || Error::from(ErrorKind::BrokenPipe);
        assert!(is_closed_pipe(&Undelivered(broken()).into()));
        assert!(!is_closed_pipe(&broken().into()), "a guest's port");
    }
}
