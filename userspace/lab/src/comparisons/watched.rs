// SPDX-License-Identifier: MIT OR Apache-2.0

//! Recordings of what the kernel does: graphs of `cargo lab trace` in `comparisons/graphs/`, and sessions
//! of `cargo lab debug` in `comparisons/sessions/`, listed in `graphs.toml` and `sessions.toml`.

use std::io;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use lab_protocol::Status;
use serde::Deserialize;

use super::lists::{folder, read};
use crate::commands::{debug, trace};
use crate::own::Own;
use crate::workspace;

/// The beginning of each command line.
const LAB: &str = "cargo lab ";

/// A command line, and the file that keeps its output.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watched {
    /// The file, in `comparisons/`.
    pub file: String,
    /// The command line as it is typed.
    pub command: String,
}

/// A command line that traces or debugs, as parsed in the checkout's root.
pub struct Watch {
    command: String,
    lab: Lab,
}

#[derive(Parser)]
#[command(name = "cargo lab")]
enum Lab {
    Trace(trace::Args),
    Debug(debug::Args),
}

/// How it observes the kernel, which determines the modules that it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// With ftrace.
    Traced,
    /// By counting instructions.
    Counted,
    /// With gdb.
    Debugged,
}

/// Returns all of them, in the order of the lists.
pub fn all() -> Result<Vec<Watched>> {
    #[derive(Deserialize)]
    struct File {
        #[serde(alias = "session")]
        graph: Vec<Watched>,
    }
    let (graphs, sessions): (File, File) = (read("graphs.toml")?, read("sessions.toml")?);
    Ok(graphs.graph.into_iter().chain(sessions.graph).collect())
}

impl Watched {
    /// Returns the path of the recording.
    pub fn path(&self) -> PathBuf {
        folder().join(&self.file)
    }

    /// Runs the command. Returns the text to keep: the command as it is typed, and its output.
    pub fn take(&self) -> Result<String> {
        let command = &self.command;
        let (text, status) = Watch::of(command)?.run(&Own::none())?;
        ensure!(status.success(), "`{command}` failed: {}", status.code());
        Ok(text)
    }
}

impl Watch {
    /// Parses a command line.
    pub fn of(command: &str) -> Result<Self> {
        let words = command.strip_prefix(LAB).and_then(shlex::split);
        let words = words.with_context(|| format!("`{command}` is not a command line of {LAB}"))?;
        let words = [LAB.to_owned()].into_iter().chain(words);
        Ok(Watch {
            command: command.to_owned(),
            lab: Lab::try_parse_from(words)?,
        })
    }

    /// Parses the command line of a reader of the live book, who may only trace, in a plain guest.
    pub fn of_reader(command: &str) -> Result<Self> {
        ensure!(
            command.starts_with("cargo lab trace "),
            "of `cargo lab`, the page has `run` and `trace`; the rest needs a checkout"
        );
        let watch = Self::of(command)?;
        let is_plain = matches!(&watch.lab, Lab::Trace(args) if args.has_plain_guest());
        ensure!(
            is_plain,
            "in the page, `cargo lab trace` takes no options about the guest"
        );
        Ok(watch)
    }

    /// Returns how it observes the kernel.
    pub fn how(&self) -> How {
        match &self.lab {
            Lab::Trace(args) if args.is_counted() => How::Counted,
            Lab::Trace(_) => How::Traced,
            Lab::Debug(_) => How::Debugged,
        }
    }

    /// Returns the command line as it is typed.
    pub fn command(&self) -> &str {
        &self.command
    }

    /// Returns the file of the module that is loaded for /dev/hiboma.
    pub fn module(&self) -> &str {
        match &self.lab {
            Lab::Trace(args) => args.module(),
            Lab::Debug(args) => args.module(),
        }
    }

    /// Returns the number or the name of the exercise that is put into the guest.
    pub fn exercise(&self) -> Option<&str> {
        match &self.lab {
            Lab::Trace(args) => args.exercise(),
            Lab::Debug(args) => args.exercise(),
        }
    }

    /// Runs the command. Returns the command as it is typed with its output, and how it ended.
    pub fn run(self, own: &Own) -> Result<(String, Status)> {
        let (text, status) = match self.lab {
            Lab::Trace(args) => trace::text(args, own, &mut io::sink())?,
            Lab::Debug(args) => debug::text(args.in_folder(workspace::root()), own)?,
        };
        Ok((format!("$ {}\n{text}", self.command), status))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::{Watch, all, folder};

    #[test]
    fn a_reader_brings_nothing_of_the_machine_into_the_guest() {
        for command in [
            "cargo lab trace --only misc_open -- calls 'open /dev/kvm'",
            "cargo lab trace --load hiboma_tiny.ko --count -- calls",
            "cargo lab trace 3-descriptor",
        ] {
            assert!(Watch::of_reader(command).is_ok(), "{command}");
        }
        for command in [
            "cargo lab trace --file /etc/passwd -- cat passwd",
            "cargo lab trace -f /etc/passwd -- cat passwd",
            "cargo lab trace --load ../../etc/passwd -- calls",
            "cargo lab trace --kconfig /etc/passwd -- calls",
            "cargo lab trace --append init=/bin/sh -- calls",
            "cargo lab trace --cpus 8 -- calls",
            "cargo lab debug -- 5-create-vcpu /dev/hiboma",
            "cargo lab test",
        ] {
            assert!(Watch::of_reader(command).is_err(), "{command}");
        }
    }

    #[test]
    fn nothing_is_left_over() {
        let listed: BTreeSet<_> = all().unwrap().iter().map(|it| it.path()).collect();
        let kept = ["graphs", "sessions"].map(|name| fs::read_dir(folder().join(name)).unwrap());
        let kept = kept
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().path());
        let kept = kept.filter(|path| path.extension().is_some_and(|it| it == "txt"));
        assert_eq!(kept.collect::<BTreeSet<_>>(), listed);
    }
}
