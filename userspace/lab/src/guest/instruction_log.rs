// SPDX-License-Identifier: MIT OR Apache-2.0

//! A log of each instruction that a guest executes.
//!
//! QEMU logs each block of instructions before executing it, and its blocks can be limited to one
//! instruction. Both are switched on through its monitor, while the guest runs.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use lab_protocol::{Command, Status, ToGuest, ToHost};
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use serde_json::json;
use tempfile::{NamedTempFile, TempDir};

use super::deadline::Deadline;
use super::executed::Executed;
use super::session::{Guest, out_of_step};

/// Logs each block before its execution, even if QEMU could jump to it directly.
const LOG: &str = "log exec,nochain";

/// The most instructions that a log may have. Each takes 16 bytes here.
const MOST: usize = 30_000_000;

/// A line of the lab's own, which ends a log.
const END: &[u8] = b"end\n";

/// How often to check whether the log is long enough.
const PAUSE: Duration = Duration::from_millis(2);

/// The time limit of a log.
const LIMIT: Duration = Duration::from_secs(30);

/// Limit a block to one instruction. QEMU knows one of the two; before 8.1, the second.
const SINGLE: [&str; 2] = ["one-insn-per-tb", "singlestep"];

impl Guest {
    /// Runs a command, and logs instructions from its first output on, until the log has `bytes`
    /// bytes. Then ends the command's input, which must end the command. Returns the log.
    pub fn log_instructions(&mut self, command: Command, bytes: u64) -> Result<String> {
        let log = NamedTempFile::new()?;
        self.prepare_log(log.path())?;

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
                self.tell_qemu(LOG)?;
                let begin = Instant::now();
                while log.as_file().metadata()?.len() < bytes && begin.elapsed() < LIMIT {
                    thread::sleep(PAUSE);
                }
                self.end_log()?;
                self.send(&ToGuest::Stdin(Vec::new()))?;
            }
        }
    }

    /// Lets a stopped guest continue until its command ends, and passes on the command's standard
    /// output. Returns how the command ended, and what the kernel executed meanwhile.
    pub fn log_kernel(&mut self, stdout: &mut dyn Write) -> Result<(Status, Executed)> {
        let breakpoint = self.breakpoint.take().context("the guest does not stop")?;
        let folder = TempDir::new()?;
        let log = folder.path().join("log");
        mkfifo(&log, Mode::S_IRWXU)?;
        let read = {
            let log = log.clone();
            thread::spawn(move || executed(&log))
        };
        self.prepare_log(&log)?;
        self.tell_qemu(LOG)?;
        breakpoint.let_go()?;
        let status = self.output_to(stdout)?;
        self.end_log()?;
        // The reader ends at this line, since QEMU keeps its end open. `read` avoids blocking here.
        let mut log = File::options().read(true).write(true).open(&log)?;
        log.write_all(END)?;
        let executed = read.join().map_err(|_| anyhow!("the log is not read"))??;
        Ok((status, executed))
    }

    /// Copies `size` bytes of the guest's memory, from this address of the kernel on.
    pub fn kernel_memory(&mut self, address: u64, size: usize) -> Result<Vec<u8>> {
        let file = NamedTempFile::new()?;
        let arguments = json!({ "val": address, "size": size, "filename": file.path() });
        self.monitor.execute("memsave", arguments)?;
        Ok(fs::read(file.path())?)
    }

    fn prepare_log(&mut self, path: &Path) -> Result<()> {
        let path = path.to_str().context("a temporary file's name")?;
        self.tell_qemu(&format!("logfile {path}"))?;
        self.set_single("on")
    }

    fn end_log(&mut self) -> Result<()> {
        self.tell_qemu("log none")?;
        self.set_single("off")
    }

    fn set_single(&mut self, state: &str) -> Result<()> {
        for single in SINGLE {
            self.tell_qemu(&format!("{single} {state}"))?;
        }
        Ok(())
    }

    /// Executes a command of QEMU's monitor for humans.
    fn tell_qemu(&mut self, line: &str) -> Result<()> {
        let arguments = json!({ "command-line": line });
        self.monitor.execute("human-monitor-command", arguments)?;
        Ok(())
    }
}

/// Reads a log until its end.
fn executed(log: &Path) -> Result<Executed> {
    let mut log = BufReader::new(File::open(log)?);
    let (mut executed, mut line) = (Executed::default(), String::new());
    while log.read_line(&mut line)? > 0 && line.as_bytes() != END {
        executed.add(&line);
        line.clear();
        ensure!(
            executed.0.len() <= MOST,
            "the kernel executes more than {MOST} instructions for this command, too many to count each call"
        );
    }
    Ok(executed)
}
