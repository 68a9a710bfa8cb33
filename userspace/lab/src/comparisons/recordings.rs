// SPDX-License-Identifier: MIT OR Apache-2.0

//! The recorded runs in `comparisons/`, listed in `comparisons/recordings.toml`.

use std::path::PathBuf;
use std::sync::LazyLock;

use anyhow::Result;
use lab_protocol::{Command, Status};
use regex::Regex;
use serde::Deserialize;

use super::lists::{folder, read};
use crate::guest::Guest;

/// The placeholder for both devices in the list.
const EITHER: &str = "{device}";

/// A command that the guest's shell runs, and the file that keeps its output.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// The file, in `comparisons/`.
    pub file: String,
    /// The module that is loaded when the command runs.
    pub module: String,
    /// The command line.
    pub command: String,
}

/// A command that is recorded on both devices.
pub struct OnBoth {
    /// The two files, with a `*` where they differ.
    pub files: String,
    /// On /dev/hiboma.
    pub hiboma: Recording,
    /// On /dev/kvm.
    pub kvm: Recording,
}

/// The output of a command, and whether it succeeded.
pub struct Printed {
    /// The whole output, and the exit status if that is not 0.
    pub text: String,
    /// Whether the exit status is 0.
    pub well: bool,
}

/// Returns all recordings, in the order in which they are made.
pub fn all() -> Result<Vec<Recording>> {
    let all = listed()?
        .into_iter()
        .flat_map(|recording| match recording.on_all() {
            Some(OnBoth { hiboma, kvm, .. }) => vec![hiboma, kvm],
            None => vec![recording],
        });
    Ok(all.collect())
}

/// Returns the recordings that are one command on both devices.
pub fn on_all() -> Result<Vec<OnBoth>> {
    Ok(listed()?.iter().filter_map(Recording::on_all).collect())
}

/// Returns the entries of the list.
fn listed() -> Result<Vec<Recording>> {
    #[derive(Deserialize)]
    struct File {
        recording: Vec<Recording>,
    }
    let file: File = read("recordings.toml")?;
    Ok(file.recording)
}

impl Recording {
    /// Returns the path of the recording.
    pub fn path(&self) -> PathBuf {
        folder().join(&self.file)
    }

    /// Returns the two recordings that this one stands for, if it has the placeholder.
    fn on_all(&self) -> Option<OnBoth> {
        let on = |device| Recording {
            file: self.file.replace(EITHER, device),
            module: self.module.clone(),
            command: self.command.replace(EITHER, device),
        };
        self.file.contains(EITHER).then(|| OnBoth {
            files: self.file.replace(EITHER, "*"),
            hiboma: on("hiboma"),
            kvm: on("kvm"),
        })
    }

    /// Runs the command.
    pub fn run(&self, guest: &mut Guest) -> Result<Printed> {
        let output = guest.output_of(in_shell(&self.command))?;
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text += &end(&text, output.status);
        let well = output.status.success();
        Ok(Printed { text, well })
    }

    /// Returns the command line with `observer` before its program, the last one of a pipeline.
    pub fn under(&self, observer: &str) -> String {
        match self.command.rsplit_once("| ") {
            Some((before, last)) => format!("{before}| {observer} {last}"),
            None => format!("{observer} {}", self.command),
        }
    }

    /// Runs the command. Returns the text to keep: the command as it is typed, and its output.
    pub fn take(&self, guest: &mut Guest) -> Result<String> {
        Ok(format!(
            "{}{}",
            prompt(&self.command),
            self.run(guest)?.text
        ))
    }
}

/// Returns a command line as it is kept before its output.
pub fn prompt(command: &str) -> String {
    format!("$ {command}\n")
}

/// Returns the program that runs a command line, with its two outputs merged.
pub fn in_shell(command: &str) -> Command {
    let argv = ["sh", "-c", &format!("exec 2>&1\n{command}")];
    Command {
        argv: argv.map(str::to_owned).into(),
        env: Vec::new(),
        terminal: None,
    }
}

/// Returns what is kept after a command's output: a newline if that lacks one, and the status if it is not 0.
pub fn end(printed: &str, status: Status) -> String {
    let mut end = String::new();
    if !printed.is_empty() && !printed.ends_with('\n') {
        end.push('\n');
    }
    if !status.success() {
        end += &format!("[exit status {}]\n", status.code());
    }
    end
}

/// A text that differs from run to run.
struct Varies {
    pattern: Regex,
    /// Its replacement when two runs are compared.
    name: &'static str,
    /// A word for people.
    word: &'static str,
}

static VARIES: LazyLock<Vec<Varies>> = LazyLock::new(|| {
    [
        (r"\[ *\d+\.\d+\]", "[TIME]", "times"),
        // gdb prints it on a line of its own.
        (r"clock::Clock \(\s+-?\d+", "clock::Clock (TIME", "times"),
        (
            r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d+ +(\d\d:\d\d|\d{4})",
            "DATE",
            "dates",
        ),
        (r"/proc/\d+", "/proc/PID", "process IDs"),
        (r"Linux \d+\.\d+\.\d+", "Linux VERSION", "version"),
        (r"(pipe|socket):\[\d+\]", "$1:[INODE]", "inodes"),
        (r"(inode |ino:\t|mnt_id:\t)\d+", "${1}N", "inodes"),
        // Addresses of the kernel, and of a program's stack and mappings.
        (
            r"0x(ffff[0-9a-f]{12}|7f[0-9a-f]{10})\b",
            "ADDRESS",
            "addresses",
        ),
    ]
    .into_iter()
    .filter_map(|(pattern, name, word)| {
        let pattern = Regex::new(pattern).ok()?;
        Some(Varies {
            pattern,
            name,
            word,
        })
    })
    .collect()
});

/// Returns the text of a run with replacements for everything that varies.
pub fn normalise(text: &str) -> String {
    VARIES.iter().fold(text.to_owned(), |text, varies| {
        varies.pattern.replace_all(&text, varies.name).into_owned()
    })
}

/// Returns what varies between two runs that are otherwise equal, in words: times, addresses.
pub fn variations(one: &str, other: &str) -> Vec<&'static str> {
    let all = |pattern: &Regex, text: &str| -> Vec<String> {
        let found = pattern.find_iter(text);
        found.map(|it| it.as_str().to_owned()).collect()
    };
    let varying = VARIES
        .iter()
        .filter(|it| all(&it.pattern, one) != all(&it.pattern, other));
    let mut words: Vec<_> = varying.map(|it| it.word).collect();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::{normalise, variations};

    #[test]
    fn what_varies_is_told_in_words() {
        let (one, other) = ("[  1.2] at /proc/61", "[  1.3] at /proc/61");
        assert_eq!(variations(one, other), ["times"]);
        assert!(variations(one, one).is_empty());
        assert_eq!(
            variations("pipe:[1] inode 2", "pipe:[2] inode 3"),
            ["inodes"]
        );
    }

    #[test]
    fn all_patterns_are_valid() {
        assert_eq!(super::VARIES.len(), 8);
    }

    #[test]
    fn only_times_and_numbers_that_the_kernel_picks_vary() {
        assert_eq!(normalise("[    1.234567] registered"), "[TIME] registered");
        assert_eq!(normalise("ls /proc/61/fd"), "ls /proc/PID/fd");
        assert_eq!(
            normalise("64 Nov 23 03:49 3 -> pipe:[812]"),
            "64 DATE 3 -> pipe:[INODE]"
        );
        assert_eq!(
            normalise("4 -> anon_inode:kvm-vm"),
            "4 -> anon_inode:kvm-vm"
        );
        assert_eq!(normalise("at 0xffffffffa007beac: file"), "at ADDRESS: file");
        assert_eq!(normalise("at 0xffff0000"), "at 0xffff0000");
        assert_eq!(
            normalise("crw------- 10, 261 /dev/hiboma"),
            "crw------- 10, 261 /dev/hiboma"
        );
    }
}
