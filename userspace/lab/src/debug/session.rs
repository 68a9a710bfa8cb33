// SPDX-License-Identifier: MIT OR Apache-2.0

//! A guest that stands still until gdb has it go on, and the command that it then runs.

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result};
use lab_protocol::{Command, Status};

use super::gdb;
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
        let address = format!("unix:{}", socket.display());
        let folders = [&[workspace::root()], &self.sources[..]].concat();
        match debugger {
            Debugger::Terminal => {
                serve(self.guest, &address, self.command, self.printed)?;
                gdb::at_terminal(&start)
            }
            Debugger::Script(script) => {
                serve(self.guest, &address, self.command, self.printed)?;
                gdb::by_script(&start, script, &folders, output)
            }
            Debugger::Port(port) => {
                let file = workspace::target().join("debug.gdb");
                fs::write(&file, gdb::knowledge(&self.symbols)?)?;
                // Some editors ask for a program, always at the same place.
                let program = workspace::target().join("vmlinux.debug");
                let _ = fs::remove_file(&program);
                symlink(&self.vmlinux, &program)?;
                let address = format!("tcp:127.0.0.1:{port}");
                let command = serve(self.guest, &address, self.command, self.printed)?;
                eprintln!(
                    "The guest waits for gdb at localhost:{port}; what gdb must know is in {}. Ctrl-C ends the \
                     guest.",
                    file.display()
                );
                // It never returns.
                let _ = command.join();
                Ok(Status::Code(0))
            }
        }
    }
}

/// Lets gdb have the guest, which lives as long as the lab.
fn serve(
    mut guest: Guest,
    address: &str,
    command: Option<Command>,
    mut printed: Box<dyn Write + Send>,
) -> Result<JoinHandle<()>> {
    guest.serve_gdb(address)?;
    Ok(thread::spawn(move || {
        if let Some(command) = command {
            // Where nobody takes what is printed, gdb still has the guest.
            let _ = run(&mut guest, command, &mut printed);
        }
        loop {
            thread::park();
        }
    }))
}

/// Runs the command, and stops the guest when it has ended.
fn run(guest: &mut Guest, command: Command, printed: &mut dyn Write) -> Result<()> {
    let name = command.argv.join(" ");
    match guest.run_to(command, printed) {
        Ok(status) => writeln!(
            printed,
            "cargo lab: `{name}` has ended, status {}",
            status.code()
        )?,
        Err(error) => writeln!(printed, "cargo lab: {error:#}")?,
    }
    // Where the guest is gone, gdb notices by itself.
    guest.stop().map(drop)
}
