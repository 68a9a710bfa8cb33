// SPDX-License-Identifier: MIT OR Apache-2.0

//! The arguments of the commands that start a guest.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use lab_protocol::{Command, HOME, Status};

use super::{Accelerator, Guest, Options};
use crate::build::{KernelArguments, Wanted};
use crate::image::{Content, GuestFile};

/// With less memory the lab's kernel does not boot.
const LEAST_MIB: u64 = 128;

/// The arguments that every such command has.
#[derive(clap::Args)]
pub struct StartArguments {
    /// Copy this file to the directory in which the guest's commands start
    #[arg(long = "file", short, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Run the guest with KVM or with emulation (tcg); by default with the host's KVM if possible
    #[arg(long)]
    accel: Option<Accelerator>,
    /// Give the guest this many CPUs
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=8))]
    cpus: u8,
    /// Give the guest this much memory, such as 512M or 2G; by default 256M more than the lab's own files need
    #[arg(long, value_name = "SIZE", value_parser = memory)]
    mem: Option<u64>,
    /// Boot with these kernel parameters after the lab's own, such as "trace_event=kvm:* loglevel=7"
    #[arg(
        long,
        value_name = "PARAMETERS",
        default_value = "",
        hide_default_value = true
    )]
    append: String,
    /// Boot the guest instead of resuming it from a snapshot
    #[arg(long)]
    cold: bool,
    /// Stop the guest if the command runs longer, such as 30s or 2min, and print where its CPUs were
    #[arg(long, value_parser = duration)]
    pub timeout: Option<Duration>,
    #[command(flatten)]
    kernel: KernelArguments,
    /// Boot the guest, and print its console on standard error
    #[arg(long, short)]
    pub verbose: bool,
}

/// Those of the commands that run one of their user's.
#[derive(clap::Args)]
pub struct Arguments {
    /// Those of every command that starts a guest.
    #[command(flatten)]
    pub start: StartArguments,
    /// Copy this file from the guest to the current directory when the command has ended
    #[arg(long = "out", value_name = "FILE")]
    outs: Vec<String>,
    /// Print the guest's kernel log on standard error when the command has ended
    #[arg(long)]
    dmesg: bool,
}

impl StartArguments {
    /// Returns the guest's options. Fails if a file cannot be used.
    pub fn options(&self) -> Result<Options> {
        Ok(Options {
            accelerator: self.accel,
            cpus: Some(self.cpus),
            memory_mib: self.mem,
            counted: false,
            repeatable: None,
            append: self.append.clone(),
            timeout: self.timeout,
            verbose: self.verbose,
            files: guest_files(&self.files)?,
            cold: self.cold,
        })
    }

    /// Returns whether all arguments have their defaults.
    pub fn are_default(&self) -> bool {
        let StartArguments {
            files,
            accel: None,
            cpus: 1,
            mem: None,
            append,
            cold: false,
            timeout: None,
            kernel,
            verbose: false,
        } = self
        else {
            return false;
        };
        files.is_empty() && append.is_empty() && kernel.are_default()
    }

    /// Returns the kernel that the guest runs.
    pub fn kernel(&self) -> Wanted {
        self.kernel.wanted()
    }
}

impl Arguments {
    /// Runs a command with the lab's own streams, then prints the log and copies files if asked to.
    pub fn run(&self, guest: &mut Guest, command: Command) -> Result<Status> {
        let before = match self.dmesg {
            true => dmesg(guest)?.lines().count(),
            false => 0,
        };
        let status = guest.run_here(command)?;
        if self.dmesg {
            for line in dmesg(guest)?.lines().skip(before) {
                eprintln!("{line}");
            }
        }
        for file in &self.outs {
            match bring(guest, file) {
                // The command's own failure is more important.
                Err(error) if !status.success() => eprintln!("cargo lab: {error:#}"),
                brought => brought?,
            }
        }
        Ok(status)
    }
}

fn dmesg(guest: &mut Guest) -> Result<String> {
    let output = guest.output(&["dmesg"])?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Copies a file of the guest to the current directory, under its own name.
fn bring(guest: &mut Guest, file: &str) -> Result<()> {
    let read = guest.output(&["cat", "--", file])?;
    ensure!(
        read.status.success(),
        "--out {file}: the guest has no such file now that the command has ended; a relative path is from \
         {HOME}"
    );
    let name = Path::new(file).file_name();
    let name = name.with_context(|| format!("--out {file}: it has no name"))?;
    fs::write(name, read.stdout).with_context(|| format!("cannot write {}", name.display()))
}

/// Parses a number of seconds, or a duration with a unit.
fn duration(text: &str) -> Result<Duration, humantime::DurationError> {
    match text.parse() {
        Ok(seconds) => Ok(Duration::from_secs(seconds)),
        Err(_) => humantime::parse_duration(text),
    }
}

/// Parses a number of MiB, or a size with a unit.
fn memory(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "" | "M" | "MB" | "MiB" => 1,
        "G" | "GB" | "GiB" => 1024,
        _ => return Err("write 512M or 2G".to_owned()),
    };
    let number: u64 = digits.parse().map_err(|_| "write 512M or 2G")?;
    match number.checked_mul(unit) {
        Some(mib @ LEAST_MIB..) => Ok(mib),
        Some(_) => Err(format!("the guest needs {LEAST_MIB}M at least")),
        None => Err("no machine has that much".to_owned()),
    }
}

/// Puts each file under its own name into [`HOME`].
fn guest_files(files: &[PathBuf]) -> Result<Vec<GuestFile>> {
    let mut by_name = BTreeMap::new();
    for file in files {
        let metadata = file
            .metadata()
            .with_context(|| format!("--file {}", file.display()))?;
        ensure!(
            metadata.is_file(),
            "--file {}: not a regular file",
            file.display()
        );
        let name = name(file)?;
        if let Some(other) = by_name.insert(name, file) {
            bail!(
                "--file {} and --file {} would both be {HOME}/{name} in the guest",
                other.display(),
                file.display()
            );
        }
    }
    let files = by_name.into_iter().map(|(name, file)| GuestFile {
        path: format!("{HOME}/{name}"),
        content: Content::HostFile(file.clone()),
    });
    Ok(files.collect())
}

fn name(file: &Path) -> Result<&str> {
    file.file_name()
        .and_then(|name| name.to_str())
        .with_context(|| {
            format!(
                "--file {}: its name is not UTF-8: rename it",
                file.display()
            )
        })
}

#[cfg(test)]
mod tests {
    use super::memory;

    #[test]
    fn memory_has_a_unit_or_is_in_mib() {
        assert_eq!(memory("512"), Ok(512));
        assert_eq!(memory("512M"), Ok(512));
        assert_eq!(memory("2G"), Ok(2048));
        for wrong in ["", "G", "12K", "1.5G", "64M", "99999999999999999G"] {
            assert!(memory(wrong).is_err(), "{wrong}");
        }
    }
}
