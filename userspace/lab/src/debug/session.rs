// SPDX-License-Identifier: MIT OR Apache-2.0

//! A guest, gdb, and what gdb must know of the guest.

use std::fs;
use std::io::{ErrorKind, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use lab_protocol::{Command, Status};

use super::gdb;
use super::served::Served;
use crate::guest::Guest;
use crate::workspace;

/// Who speaks to the guest.
pub enum Debugger {
    /// gdb at the lab's terminal.
    Terminal,
    /// gdb, by this file of commands.
    Script(PathBuf),
    /// Whatever connects to this port of this machine, such as an editor.
    Port(u16),
}

/// What is debugged.
pub struct Session<'a> {
    pub guest: Guest,
    /// What runs when the guest first goes on.
    pub command: Option<Command>,
    /// Where goes what it prints, and how it has ended.
    pub printed: Box<dyn Write + Send>,
    /// gdb's commands for all symbols.
    pub symbols: String,
    /// The kernel's file among them.
    pub vmlinux: PathBuf,
    /// From where a script's output calls files: the trees of the kernel and of Rust.
    pub sources: [&'a Path; 2],
}

impl Debugger {
    /// Fails where it could not start.
    pub fn check(&self) -> Result<()> {
        match self {
            Debugger::Terminal => gdb::check(None),
            Debugger::Script(script) => gdb::check(Some(script)),
            Debugger::Port(port) => {
                let free = TcpListener::bind((Ipv4Addr::LOCALHOST, *port));
                free.map(drop).with_context(|| format!("--port {port}"))
            }
        }
    }
}

impl Session<'_> {
    /// Returns how gdb has ended; with an editor, when the lab is ended. A script's output goes to `output`.
    pub fn run(self, debugger: &Debugger, output: &mut dyn Write) -> Result<Status> {
        let folder = tempfile::tempdir()?;
        let (socket, start) = (folder.path().join("gdb"), folder.path().join("start.gdb"));
        gdb::write_start(&start, &self.symbols, &socket)?;
        let address = match debugger {
            Debugger::Port(port) => format!("tcp:127.0.0.1:{port}"),
            Debugger::Terminal | Debugger::Script(_) => format!("unix:{}", socket.display()),
        };
        let guest = Served::new(self.guest, &address, self.command, self.printed)?;
        let folders = [&[workspace::root()], &self.sources[..]].concat();
        match debugger {
            Debugger::Terminal => gdb::at_terminal(&start),
            Debugger::Script(script) => gdb::by_script(&start, script, &folders, output),
            Debugger::Port(port) => {
                let file = write_for_editors(&self.symbols, &self.vmlinux)?;
                eprintln!(
                    "The guest waits for gdb at localhost:{port}; what gdb must know is in {}. Ctrl-C ends the \
                     guest.",
                    file.display()
                );
                guest.wait();
                Ok(Status::Code(0))
            }
        }
    }
}

/// Writes what an editor's gdb must know to where editors look for it.
fn write_for_editors(symbols: &str, vmlinux: &Path) -> Result<PathBuf> {
    let file = workspace::target().join("debug.gdb");
    fs::write(&file, gdb::knowledge(symbols)?)?;
    // Some editors ask for a program.
    let program = workspace::target().join("vmlinux.debug");
    match fs::remove_file(&program) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => symlink(vmlinux, &program)?,
    }
    Ok(file)
}
