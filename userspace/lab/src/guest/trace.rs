// SPDX-License-Identifier: MIT OR Apache-2.0

//! A log of each instruction that a guest executes.
//!
//! QEMU logs each block of instructions before it executes it, and can be told to have blocks of one
//! instruction. It is told by its monitor, while the guest runs.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use lab_protocol::{Command, ToGuest, ToHost};
use tempfile::NamedTempFile;

use super::deadline::Deadline;
use super::session::{Guest, out_of_step};

/// How often to look whether the log is long enough.
const PAUSE: Duration = Duration::from_millis(5);

/// What the monitor is told. Of the first two, QEMU knows one: the second was its name before 8.1.
const COMMANDS: [&str; 4] = [
    "one-insn-per-tb on",
    "singlestep on",
    "logfile LOG",
    "log exec,nochain",
];

impl Guest {
    /// Runs a command until it writes something, logs what happens from then on until the log has as many
    /// bytes, and ends the guest. Returns what the command has written, and the log.
    pub fn trace(mut self, command: Command, bytes: u64) -> Result<(Vec<u8>, String)> {
        let log = NamedTempFile::new()?;
        self.send(&ToGuest::Run(command))?;
        self.send(&ToGuest::Stdin(Vec::new()))?;
        let deadline = Deadline::after(self.timeout);
        let written = match self.receive(deadline)? {
            ToHost::Stdout(written) => written,
            ToHost::Stderr(complaint) => bail!("{}", String::from_utf8_lossy(&complaint)),
            other => return Err(out_of_step(&other)),
        };
        let path = log.path().to_str().context("a temporary file's name")?;
        let mut replies = BufReader::new(self.monitor.try_clone()?);
        self.ask(r#"{"execute": "qmp_capabilities"}"#, &mut replies)?;
        for command in COMMANDS {
            let command = command.replace("LOG", path);
            let arguments = serde_json::json!({ "command-line": command });
            let ask = serde_json::json!({
                "execute": "human-monitor-command",
                "arguments": arguments,
            });
            self.ask(&ask.to_string(), &mut replies)?;
        }
        while log.as_file().metadata()?.len() < bytes {
            thread::sleep(PAUSE);
        }
        self.process.end()?;
        Ok((written, fs::read_to_string(log.path())?))
    }

    /// Has QEMU's monitor do something, and waits until it has.
    fn ask(&mut self, command: &str, replies: &mut impl BufRead) -> Result<()> {
        self.monitor.write_all(command.as_bytes())?;
        let mut reply = String::new();
        // Before it, there may be events and a greeting.
        while !reply.contains(r#""return""#) {
            reply.clear();
            let length = replies.read_line(&mut reply)?;
            ensure!(length > 0, "QEMU's monitor does not answer");
            ensure!(!reply.contains(r#""error""#), "QEMU's monitor: {reply}");
        }
        Ok(())
    }
}
