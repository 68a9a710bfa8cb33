// SPDX-License-Identifier: MIT OR Apache-2.0

//! A log of each instruction that a guest executes.
//!
//! QEMU logs each block of instructions before it executes it, and can be told to have blocks of one
//! instruction. It is told by its monitor, while the guest runs.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use lab_protocol::{Command, ToGuest, ToHost};
use serde_json::json;
use tempfile::NamedTempFile;

use super::deadline::Deadline;
use super::session::{Guest, out_of_step};

/// How often to look whether the log is long enough.
const PAUSE: Duration = Duration::from_millis(2);

/// How long a log may take.
const LIMIT: Duration = Duration::from_secs(30);

/// Has a block of one instruction each. QEMU knows one of the two: the second is what it was before 8.1.
const SINGLE: [&str; 2] = ["one-insn-per-tb", "singlestep"];

impl Guest {
    /// Runs a command, and logs what happens from its first output on, until the log has so many bytes. Then its
    /// input ends, and so must the command. Returns the log.
    pub fn log_instructions(&mut self, command: Command, bytes: u64) -> Result<String> {
        let log = NamedTempFile::new()?;
        let path = log.path().to_str().context("a temporary file's name")?;
        self.tell_qemu(&format!("logfile {path}"))?;
        for single in SINGLE {
            self.tell_qemu(&format!("{single} on"))?;
        }

        self.send(&ToGuest::Run(command))?;
        let deadline = Deadline::after(self.timeout);
        let mut written = Vec::new();
        let mut is_logged = false;
        loop {
            match self.receive(deadline)? {
                ToHost::Stdout(bytes) | ToHost::Stderr(bytes) => written.extend(bytes),
                ToHost::Exited(status) => {
                    let written = String::from_utf8_lossy(&written);
                    ensure!(status.success(), "{written}");
                    return Ok(fs::read_to_string(log.path())?);
                }
                other => return Err(out_of_step(&other)),
            }
            if !is_logged {
                is_logged = true;
                self.tell_qemu("log exec,nochain")?;
                let begin = Instant::now();
                while log.as_file().metadata()?.len() < bytes && begin.elapsed() < LIMIT {
                    thread::sleep(PAUSE);
                }
                self.tell_qemu("log none")?;
                for single in SINGLE {
                    self.tell_qemu(&format!("{single} off"))?;
                }
                self.send(&ToGuest::Stdin(Vec::new()))?;
            }
        }
    }

    /// Has QEMU do what its users can type.
    fn tell_qemu(&mut self, line: &str) -> Result<()> {
        let arguments = json!({ "command-line": line });
        self.monitor.execute("human-monitor-command", arguments)?;
        Ok(())
    }
}
