// SPDX-License-Identifier: MIT OR Apache-2.0

//! The sandbox of a compiler that builds a seat's code: it sees nothing of the machine
//! except what it needs, and cannot run forever or fill the memory or the disk.
//!
//! The server starts itself again for it, as [`confined`],
//! which drops its privileges and then starts the compiler.

pub mod confined;
mod namespaces;
mod sockets;

use std::ffi::OsString;
use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{io, thread};

use anyhow::{Context, Result, bail};
use lab::child::{Inherited, bind_to_lab};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::page::Page;
use crate::sentence::{Sentence, sentence};

/// A limit of the compiler's output in bytes, more than anybody reads.
const MOST: u64 = 4 << 20;

/// The message of `sh` and `make` about a program that has used up its CPU time.
const OUT_OF_TIME: &str = "CPU time limit exceeded";

/// A sandbox for a compiler.
pub struct Sandbox {
    /// Readable paths, besides the system's own programs and libraries.
    pub reads: Vec<PathBuf>,
    /// The only writable folder.
    pub writes: PathBuf,
    /// Its purpose, for people, and the time limit, however busy the machine is.
    pub what: Sentence,
    pub limit: Duration,
}

/// The end of a program in the sandbox.
pub struct Finished {
    /// Whether it succeeded.
    pub success: bool,
    /// All lines that it printed.
    pub lines: Vec<String>,
}

impl Sandbox {
    /// Runs a program, with only these variables, until it ends, reaches a limit, or the page leaves.
    pub fn run(
        &self,
        program: impl Into<OsString>,
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
        variables: impl IntoIterator<Item = (&'static str, OsString)>,
        page: &Page,
    ) -> Result<Finished> {
        let (mut output, its_output) = io::pipe()?;
        let mut command = Command::new(confined::SELF);
        command.arg(confined::NAME).arg("--write").arg(&self.writes);
        for path in &self.reads {
            command.arg("--read").arg(path);
        }
        command
            .arg("--")
            .arg(program.into())
            .args(arguments.into_iter().map(Into::into))
            .env_clear()
            .envs(variables)
            .env("TMPDIR", &self.writes)
            .current_dir(&self.writes)
            .stdin(Stdio::null())
            .stdout(its_output.try_clone()?)
            .stderr(its_output)
            .process_group(0);
        bind_to_lab(&mut command, Signal::SIGKILL, Inherited::Only(Vec::new()));
        let mut child = command.spawn().context("the sandbox does not start")?;
        // Dropping the command closes our copies of the pipe's end.
        drop(command);
        let group = Pid::from_raw(child.id() as i32);
        let is_running = Arc::new(AtomicBool::new(true));
        let end = {
            let is_running = Arc::clone(&is_running);
            move || {
                // Not another group that has reused the number.
                if is_running.load(Ordering::Relaxed) {
                    let _ = killpg(group, Signal::SIGKILL);
                }
            }
        };
        page.when_left(end.clone());
        let limit = self.limit;
        let watcher = thread::spawn(move || {
            thread::park_timeout(limit);
            end();
        });
        let mut bytes = Vec::new();
        let read = (&mut output).take(MOST).read_to_end(&mut bytes);
        // A program that writes more is killed by that.
        drop(output);
        let status = child.wait()?;
        is_running.store(false, Ordering::Relaxed);
        watcher.thread().unpark();
        read?;
        let text = String::from_utf8_lossy(&bytes);
        let is_out_of_time = text.contains(OUT_OF_TIME)
            || status.code() == Some(128 + Signal::SIGXCPU as i32)
            || status.signal() == Some(Signal::SIGKILL as i32);
        if is_out_of_time {
            let what = page.say(&self.what);
            bail!(sentence!("{0} took too long, so it was stopped", what));
        }
        Ok(Finished {
            success: status.success(),
            lines: text.lines().map(str::to_owned).collect(),
        })
    }
}
