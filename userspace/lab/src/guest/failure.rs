// SPDX-License-Identifier: MIT OR Apache-2.0

//! The ways in which a guest can fail.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::excerpt::{self, PANIC, is_complaint, messages, rust_panic};
use super::process::LastWords;
use super::source_lines::with_lines;
use crate::workspace;

/// Why a guest ended too early.
#[derive(Debug)]
pub struct Failure {
    /// What happened.
    pub kind: Kind,
    /// The output of the guest's kernel and of QEMU.
    pub log: String,
    /// The files of the guest's modules.
    pub modules: Vec<PathBuf>,
}

/// What happened to a guest.
#[derive(Debug, PartialEq, Eq)]
pub enum Kind {
    /// Its kernel panicked, perhaps for an oops or a warning. This is the kernel's message.
    Crashed(String),
    /// It did not respond in time.
    TimedOut(Duration),
    /// It shut down or restarted, or QEMU ended. A sentence says what is known.
    Gone(&'static str),
    /// Its user left it.
    Left,
}

impl Failure {
    /// Returns what happened to a guest that ended by itself after this output.
    pub fn of_ended(words: LastWords, modules: &[PathBuf]) -> Self {
        let log = log(words);
        let kind = match reason(&log) {
            Some(reason) => Kind::Crashed(reason),
            None => Kind::Gone(gone(&log)),
        };
        Failure {
            kind,
            log,
            modules: modules.to_vec(),
        }
    }

    /// Returns the failure of a guest that was ended because it did not respond within `limit`.
    pub fn of_silent(words: LastWords, limit: Duration, modules: &[PathBuf]) -> Self {
        Failure {
            kind: Kind::TimedOut(limit),
            log: log(words),
            modules: modules.to_vec(),
        }
    }

    /// Returns the failure of a guest that its user left with the escape.
    pub fn left() -> Self {
        Failure {
            kind: Kind::Left,
            log: String::new(),
            modules: Vec::new(),
        }
    }

    /// Returns the lines of the log that say why, with source lines by their paths in the checkout.
    pub fn excerpt(&self) -> String {
        let root = workspace::root();
        let [before, why] = self.told(&[root]);
        let between = if before.is_empty() { "" } else { "\n" };
        format!("{before}{between}{why}").replace(&format!("{}/", root.display()), "")
    }

    /// Returns the lines before the kernel complained; and the lines that say why, with their source
    /// lines. For an inlined function, that is the innermost one in `folders`, if possible.
    pub fn told(&self, folders: &[&Path]) -> [String; 2] {
        let log = with_lines(&self.log, &self.modules, folders);
        let why = match &self.kind {
            Kind::Crashed(_) => return excerpt::of_crash(&log),
            Kind::TimedOut(_) => excerpt::of_stop(&log),
            Kind::Gone(how) if *how != BY_ITSELF => String::new(),
            Kind::Gone(_) | Kind::Left => excerpt::of_end(&log),
        };
        [String::new(), why]
    }
}

impl Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Crashed(reason) => write!(f, "the guest's kernel crashed: {reason}"),
            Kind::TimedOut(limit) => write!(
                f,
                "it took more than {}, so the lab stopped the guest",
                humantime::format_duration(*limit)
            ),
            Kind::Gone(how) => f.write_str(how),
            Kind::Left => f.write_str("you have left the guest by ~."),
        }
    }
}

/// Returns the console's output without repetition. A panic prints the whole log again
/// (`panic_console_replay`), beginning with the kernel's version, so older output is in it too.
fn log(words: LastWords) -> String {
    let console = words.console;
    let begin = console.rfind("] Linux version ").unwrap_or(0);
    let begin = console[..begin].rfind('\n').map_or(0, |end| end + 1);
    let log = console[begin..].trim_end();
    [log, &words.qemu].join("\n").trim().to_owned()
}

/// A guest that ended for an unknown reason.
const BY_ITSELF: &str = "the guest went down by itself";

/// Returns how a guest ended whose kernel did not panic.
fn gone(log: &str) -> &'static str {
    const ENDS: [(&str, &str); 4] = [
        ("] reboot: Power down", "the guest powered off"),
        ("] reboot: Power off not available", "the guest powered off"),
        ("] reboot: System halted", "the guest halted"),
        ("] reboot: Restarting system", "the guest restarted"),
    ];
    let end = ENDS.iter().find(|(line, _)| log.contains(line));
    end.map_or(BY_ITSELF, |(_, how)| how)
}

/// Returns the name of the program that the kernel killed last because it was out of memory.
pub fn out_of_memory(console: &str) -> Option<&str> {
    let (_, killed) = console.rsplit_once("ut of memory: Killed process ")?;
    let (_, name) = killed.split_once('(')?;
    Some(name.split_once(')')?.0)
}

/// Returns the first complaint of a kernel that panicked. It says more than the panic, which for
/// an oops or a warning only says that there was one.
fn reason(log: &str) -> Option<String> {
    let panic = messages(log).find_map(|(_, message)| message.strip_prefix(PANIC))?;
    if let Some(panicked) = rust_panic(log) {
        return Some(panicked);
    }
    let complaint = messages(log).find(|(_, message)| is_complaint(message));
    Some(
        complaint
            .map_or(panic, |(_, complaint)| complaint)
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::{Failure, Kind, LastWords, out_of_memory};

    fn ended(console: &str) -> Failure {
        let words = LastWords {
            console: console.into(),
            qemu: String::new(),
        };
        Failure::of_ended(words, &[])
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
        for (line, how) in [
            (
                "[    1.0] reboot: Restarting system\n",
                "the guest restarted",
            ),
            ("[    1.0] reboot: Power down\n", "the guest powered off"),
            ("[    1.0] reboot: System halted\n", "the guest halted"),
            ("", "the guest went down by itself"),
        ] {
            assert_eq!(ended(line).kind, Kind::Gone(how));
        }
    }

    #[test]
    fn a_rust_panic_is_named_by_its_place_and_its_message() {
        let failure = ended(
            "[    1.0] rust_kernel: panicked at exercise.rs:60:67:\n\
             [    1.0] called `Option::unwrap()` on a `None` value\n\
             [    1.1] kernel BUG at rust/helpers/bug.c:7!\n\
             [    1.2] Kernel panic - not syncing: Fatal exception\n",
        );
        let reason = "panicked at exercise.rs:60:67: called `Option::unwrap()` on a `None` value";
        assert_eq!(failure.kind, Kind::Crashed(reason.into()));
    }

    #[test]
    fn who_was_killed_for_memory_is_found() {
        let console = "[    1.0] Out of memory: Killed process 57 (tail) total-vm:9kB\n";
        assert_eq!(out_of_memory(console), Some("tail"));
        assert_eq!(out_of_memory("[    1.0] something else\n"), None);
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
