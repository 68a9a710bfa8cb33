// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the kernel was seen to do: the graphs of `cargo lab trace` in `comparisons/graphs/` and the sessions of
//! `cargo lab debug` in `comparisons/sessions/`, as `graphs.toml` and `sessions.toml` list them.

use std::io;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use serde::Deserialize;

use super::lists::{folder, read};
use crate::commands::{debug, trace};
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

/// The command line, as the shell would pass it on in the checkout's root.
#[derive(Parser)]
#[command(name = "cargo lab")]
enum Lab {
    Trace(trace::Args),
    Debug(debug::Args),
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
        let words = command.strip_prefix(LAB).and_then(shlex::split);
        let words = words.with_context(|| format!("`{command}` is no command line of {LAB}"))?;
        let words = [LAB.to_owned()].into_iter().chain(words);
        let (text, status) = match Lab::try_parse_from(words)? {
            Lab::Trace(args) => trace::text(args, &mut io::sink())?,
            Lab::Debug(args) => debug::text(args.in_folder(workspace::root()))?,
        };
        ensure!(status.success(), "`{command}` failed: {}", status.code());
        Ok(format!("$ {command}\n{text}"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::{all, folder};

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
