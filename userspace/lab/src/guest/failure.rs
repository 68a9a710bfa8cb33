// SPDX-License-Identifier: MIT OR Apache-2.0

//! What can go wrong with a guest.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use super::process::LastWords;

/// Why a guest came to an end before it was to.
#[derive(Debug)]
pub struct Failure {
    /// What happened.
    pub kind: Kind,
    /// What the guest's kernel, and QEMU, had to say about it.
    pub log: String,
}

/// What happened to a guest.
#[derive(Debug)]
pub enum Kind {
    /// Its kernel panicked, be it for a bug, a warning or an oops; this is its reason.
    Crashed(String),
    /// It did not answer in time.
    TimedOut(Duration),
    /// It shut down or restarted, or QEMU ended.
    Gone,
}

impl Failure {
    /// What happened to a guest that said this before it ended by itself.
    pub fn of_ended(words: LastWords) -> Self {
        let kind = match panic_reason(&words.console) {
            Some(reason) => Kind::Crashed(reason.to_owned()),
            None => Kind::Gone,
        };
        let log = log(words);
        Failure { kind, log }
    }

    /// A guest that was ended because it did not answer within `limit`.
    pub fn of_silent(words: LastWords, limit: Duration) -> Self {
        Failure {
            kind: Kind::TimedOut(limit),
            log: log(words),
        }
    }
}

impl Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Crashed(reason) => write!(f, "the guest's kernel crashed: {reason}"),
            Kind::TimedOut(limit) => write!(
                f,
                "it took more than {limit:?}; the panic at the end of the guest's log is the NMI \
                 by which the lab stopped it"
            ),
            Kind::Gone => write!(f, "the guest went down by itself"),
        }
    }
}

/// The last panic is the one that ended the guest.
fn panic_reason(console: &str) -> Option<&str> {
    const MARK: &str = "Kernel panic - not syncing: ";
    let (_, rest) = console.rsplit_once(MARK)?;
    rest.lines().next()
}

/// A panic shows the whole log again (`panic_console_replay`), which begins anew with the
/// kernel's version; what had come before is in it.
fn log(words: LastWords) -> String {
    let console = words.console;
    let start = console.rfind("] Linux version ").unwrap_or(0);
    let start = console[..start].rfind('\n').map_or(0, |end| end + 1);
    let mut log = console[start..].trim_end().to_owned();
    if !words.qemu.is_empty() {
        log = format!("{log}\n{}", words.qemu);
    }
    log
}
