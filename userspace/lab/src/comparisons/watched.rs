// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the kernel was seen to do: the graphs of `cargo lab trace` in `comparisons/graphs/` and the sessions of
//! `cargo lab debug` in `comparisons/sessions/`, as `graphs.toml` and `sessions.toml` list them.

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

/// What each command line begins with.
const LAB: &str = "cargo lab ";

/// A command line, and the file that keeps what it printed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watched {
    /// The file, in `comparisons/`.
    pub file: String,
    /// As it is typed.
    pub command: String,
}

/// A command line that watches, as the shell would pass it on in the checkout's root.
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

/// How it watches, and so which modules it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// By ftrace.
    Traced,
    /// By counting instructions.
    Counted,
    /// By gdb.
    Debugged,
}

/// All of them, in the order of the lists.
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
    /// Where it is kept.
    pub fn path(&self) -> PathBuf {
        folder().join(&self.file)
    }

    /// Runs the command. What is kept is the command as it is typed, and what it prints.
    pub fn take(&self) -> Result<String> {
        let command = &self.command;
        let (text, status) = Watch::of(command)?.run(&Own::none())?;
        ensure!(status.success(), "`{command}` failed: {}", status.code());
        Ok(text)
    }
}

impl Watch {
    /// The one that is typed so.
    pub fn of(command: &str) -> Result<Self> {
        let words = command.strip_prefix(LAB).and_then(shlex::split);
        let words = words.with_context(|| format!("`{command}` is no command line of {LAB}"))?;
        let words = [LAB.to_owned()].into_iter().chain(words);
        Ok(Watch {
            command: command.to_owned(),
            lab: Lab::try_parse_from(words)?,
        })
    }

    /// The same of a reader of the live book, who may trace, in a guest like any other.
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

    /// How it watches.
    pub fn how(&self) -> How {
        match &self.lab {
            Lab::Trace(args) if args.is_counted() => How::Counted,
            Lab::Trace(_) => How::Traced,
            Lab::Debug(_) => How::Debugged,
        }
    }

    /// As it is typed.
    pub fn command(&self) -> &str {
        &self.command
    }

    /// The file of the module that is loaded for /dev/hiboma.
    pub fn module(&self) -> &str {
        match &self.lab {
            Lab::Trace(args) => args.module(),
            Lab::Debug(args) => args.module(),
        }
    }

    /// The number or the name of the exercise that is put into the guest.
    pub fn exercise(&self) -> Option<&str> {
        match &self.lab {
            Lab::Trace(args) => args.exercise(),
            Lab::Debug(args) => args.exercise(),
        }
    }

    /// Runs it: the command as it is typed and what it prints, and how it ended.
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
