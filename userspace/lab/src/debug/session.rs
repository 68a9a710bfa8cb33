// SPDX-License-Identifier: MIT OR Apache-2.0

//! A debugging session: a guest, gdb, and the information about the guest that gdb needs.

use std::fs;
use std::io::{ErrorKind, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use lab_protocol::{Command, Status};
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::gdb;
use super::served::Served;
use crate::build;
use crate::guest::Guest;
use crate::own::{Gdb, RunGdb};
use crate::workspace;

/// The parts of the checkout that gdb may read: the sources of the code, and the pretty-printers.
const SHOWN: [&str; 4] = ["module", "userspace/pairs", "comparisons/c", gdb::PRINTERS];

/// The debugger that connects to the guest.
pub enum Debugger {
    /// gdb in the lab's terminal.
    Terminal,
    /// gdb with this script.
    Script(PathBuf),
    /// Any gdb that connects to this local port, such as an editor's.
    Port(u16),
}

/// A session.
pub struct Session<'a> {
    pub guest: Guest,
    /// The command to run when gdb first continues the guest.
    pub command: Option<Command>,
    /// Receives the command's output, and how it ended.
    pub printed: Box<dyn Write + Send>,
    /// gdb's commands for all symbols.
    pub symbols: String,
    /// The kernel's file among them.
    pub vmlinux: PathBuf,
    /// The files of our modules and programs among them.
    pub binaries: Vec<PathBuf>,
    /// The folders that paths in a script's output are relative to: ours, the kernel's, and Rust's.
    pub sources: Vec<&'a Path>,
    /// Runs a script's gdb instead of the lab itself.
    pub gdb: Option<&'a RunGdb<'a>>,
}

impl Debugger {
    /// Fails if the debugger could not start.
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

    /// Returns QEMU's address for gdb, and gdb's target for it. Its files are in the folder.
    fn connection(&self, folder: &Path) -> Result<(String, String)> {
        let path = folder.join("gdb");
        let shown = path.display();
        Ok(match self {
            Debugger::Terminal => (format!("unix:{shown}"), shown.to_string()),
            // A sandbox does not allow sockets.
            Debugger::Script(_) => {
                for end in ["in", "out"] {
                    mkfifo(&path.with_extension(end), Mode::S_IRWXU)?;
                }
                let relay = format!("| cat {shown}.out & exec cat > {shown}.in");
                (format!("pipe:{shown}"), relay)
            }
            Debugger::Port(port) => (format!("tcp:127.0.0.1:{port}"), format!("localhost:{port}")),
        })
    }
}

impl Session<'_> {
    /// Returns all that gdb reads, except a script and its own folder. Of the checkout, only what the book shows.
    fn reads(&self) -> Result<Vec<PathBuf>> {
        let sources = self
            .sources
            .iter()
            .flat_map(|&folder| match folder == workspace::root() {
                true => SHOWN.iter().map(|it| folder.join(it)).collect(),
                false => vec![folder.to_owned()],
            });
        let kernel = self.vmlinux.parent().unwrap_or(&self.vmlinux);
        let mut reads = vec![kernel.to_owned(), build::gdb_printers()?];
        reads.extend(self.binaries.iter().cloned());
        reads.extend(sources);
        Ok(reads)
    }

    /// Runs the session until gdb or, with an editor, the lab ends. A script's output goes to `output`.
    pub fn run(self, debugger: &Debugger, output: &mut dyn Write) -> Result<Status> {
        let folder = tempfile::tempdir()?;
        let start = folder.path().join("start.gdb");
        let (address, target) = debugger.connection(folder.path())?;
        gdb::write_start(&start, &self.symbols, &target)?;
        let mut reads = self.reads()?;
        let guest = Served::new(self.guest, &address, self.command, self.printed)?;
        match debugger {
            Debugger::Terminal => gdb::at_terminal(&start),
            Debugger::Script(script) => {
                reads.push(script.clone());
                let arguments = gdb::arguments(&start, script);
                let folder = folder.path().to_owned();
                let gdb = Gdb {
                    arguments,
                    folder,
                    reads,
                };
                let run = self.gdb.unwrap_or(&gdb::run);
                gdb::by_script(gdb, run, &self.sources, output)
            }
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
