// SPDX-License-Identifier: MIT OR Apache-2.0

//! The graphs in `comparisons/graphs/`, as `comparisons/graphs.toml` lists them: runs of
//! `cargo lab trace`, of which what it prints is kept.

use std::io;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use serde::Deserialize;

use super::lists::{folder, read};
use super::recordings::prompt;
use crate::commands::trace;

/// What each command line begins with.
const LAB: &str = "cargo lab ";

/// A command line, and the file that keeps what it printed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Graph {
    /// The file, in `comparisons/`.
    pub file: String,
    /// The command line, which begins with `cargo lab`.
    pub command: String,
}

/// The command line, as the shell would pass it on.
#[derive(Parser)]
#[command(name = "cargo lab")]
enum Lab {
    Trace(trace::Args),
}

/// All graphs, in the order of the list.
pub fn all() -> Result<Vec<Graph>> {
    #[derive(Deserialize)]
    struct File {
        graph: Vec<Graph>,
    }
    let file: File = read("graphs.toml")?;
    Ok(file.graph)
}

impl Graph {
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
        let Lab::Trace(args) = Lab::try_parse_from(words)?;
        let (text, status) = trace::text(args, &mut io::sink())?;
        ensure!(status.success(), "`{command}` failed: {}", status.code());
        Ok(prompt(command) + &text)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::{all, folder};

    #[test]
    fn no_graph_is_left_over() {
        let listed: BTreeSet<_> = all().unwrap().iter().map(|graph| graph.path()).collect();
        let kept = fs::read_dir(folder().join("graphs")).unwrap();
        let kept: BTreeSet<_> = kept.map(|entry| entry.unwrap().path()).collect();
        assert_eq!(kept, listed);
    }
}
