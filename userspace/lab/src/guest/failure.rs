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
#[derive(Debug, PartialEq, Eq)]
pub enum Kind {
    /// Its kernel panicked, be it for an oops or a warning. This is what the kernel called it.
    Crashed(String),
    /// It did not answer in time.
    TimedOut(Duration),
    /// It shut down or restarted, or QEMU ended.
    Gone,
}

impl Failure {
    /// What happened to a guest that said this before it ended by itself.
    pub fn of_ended(words: LastWords) -> Self {
        let log = log(words);
        let kind = reason(&log).map_or(Kind::Gone, |reason| Kind::Crashed(reason.to_owned()));
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
                "it took more than {}; the panic at the end of the guest's log is the NMI by \
                 which the lab stopped it",
                humantime::format_duration(*limit)
            ),
            Kind::Gone => write!(f, "the guest went down by itself"),
        }
    }
}

/// What the console said, once. A panic shows the whole log again (`panic_console_replay`),
/// which begins with the kernel's version; what had come before is in it.
fn log(words: LastWords) -> String {
    let console = words.console;
    let begin = console.rfind("] Linux version ").unwrap_or(0);
    let begin = console[..begin].rfind('\n').map_or(0, |end| end + 1);
    let log = console[begin..].trim_end();
    [log, &words.qemu].join("\n").trim().to_owned()
}

/// What a kernel that panicked complained about first; that is the line to look at, since a
/// panic for an oops or a warning only says that there was one.
fn reason(log: &str) -> Option<&str> {
    const COMPLAINTS: &[&str] = &[
        "BUG: ",
        "WARNING: ",
        "kernel BUG at ",
        "watchdog: BUG: ",
        "INFO: task ",
    ];
    const PANIC: &str = "Kernel panic - not syncing: ";

    let messages = || {
        log.lines()
            .filter_map(|line| Some(line.split_once("] ")?.1))
    };
    let panic = messages().find_map(|message| message.strip_prefix(PANIC))?;
    let complaint = messages().find(|message| {
        COMPLAINTS
            .iter()
            .any(|complaint| message.starts_with(complaint))
    });
    complaint.or(Some(panic))
}

#[cfg(test)]
mod tests {
    use super::{Failure, Kind, LastWords};

    fn ended(console: &str) -> Failure {
        Failure::of_ended(LastWords {
            console: console.into(),
            qemu: String::new(),
        })
    }

    #[test]
    fn a_crash_is_named_by_what_the_kernel_complained_about() {
        let failure = ended(
            "[    1.0] BUG: kernel NULL pointer dereference, address: 0000000000000008\n\
             [    1.1] Oops: Oops: 0002 [#1] SMP\n\
             [    1.2] Kernel panic - not syncing: Fatal exception\n",
        );
        let reason = "BUG: kernel NULL pointer dereference, address: 0000000000000008";
        assert_eq!(failure.kind, Kind::Crashed(reason.into()));
    }

    #[test]
    fn a_bare_panic_is_named_by_its_own_reason() {
        let failure = ended("[    1.0] Kernel panic - not syncing: Attempted to kill init!\n");
        assert_eq!(
            failure.kind,
            Kind::Crashed("Attempted to kill init!".into())
        );
    }

    #[test]
    fn a_restart_is_no_crash() {
        assert_eq!(
            ended("[    1.0] reboot: Restarting system\n").kind,
            Kind::Gone
        );
    }

    #[test]
    fn what_a_panic_says_twice_is_shown_once() {
        let panic = "[    1.0] Kernel panic - not syncing: sysrq triggered crash\n";
        let replay =
            format!("[    0.0] Linux version 7.3.4\n[    0.5] hiboma: registered\n{panic}");
        let failure = ended(&format!("{panic}{replay}"));
        assert_eq!(failure.log, replay.trim_end());
    }
}
