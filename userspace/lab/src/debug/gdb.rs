// SPDX-License-Identifier: MIT OR Apache-2.0

//! gdb itself: at the terminal, or by a file of commands.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result, ensure};
use lab_protocol::Status;
use nix::sys::signal::Signal;
use signal_hook::consts::SIGINT;

use crate::build;
use crate::child::{bind_to_lab, on_path};

const GDB: &str = "gdb";

/// What gdb is told before all else. What a script prints must not depend on a terminal.
pub const SETTINGS: &str = "\
set confirm off
set pagination off
set width 0
set print pretty on
set auto-load python-scripts off
";

/// Fails where there is no gdb, or no file of commands.
pub fn check(script: Option<&Path>) -> Result<()> {
    if let Some(script) = script {
        File::open(script).with_context(|| format!("--script {}", script.display()))?;
    }
    ensure!(
        on_path(GDB).is_some(),
        "no gdb: `cargo lab doctor` says what installs it"
    );
    Ok(())
}

/// gdb at the lab's terminal, until its user leaves it. It begins with the commands in `start`.
pub fn at_terminal(start: &Path) -> Result<Status> {
    let mut gdb = gdb(&["-q"], start)?;
    // The terminal's Ctrl-C is for gdb, which stops the guest.
    signal_hook::flag::register(SIGINT, Arc::new(AtomicBool::new(false)))?;
    let ended = gdb.status().context("gdb does not start")?;
    Ok(Status::Code(ended.code().unwrap_or(1) as u8))
}

/// gdb, which reads the commands in `start` and those in `script`, and ends. What it prints goes to `output`, with
/// files called by their path in one of the `folders`.
pub fn by_script(
    start: &Path,
    script: &Path,
    folders: &[&Path],
    output: &mut dyn Write,
) -> Result<Status> {
    let mut gdb = gdb(&["-nx", "-batch"], start)?;
    gdb.arg("-x")
        .arg(script)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut gdb = gdb.spawn().context("gdb does not start")?;
    let printed = gdb.stdout.take().context("no output of gdb")?;
    for line in BufReader::new(printed).lines() {
        let line = folders.iter().fold(line?, |line, folder| {
            line.replace(&format!("{}/", folder.display()), "")
        });
        writeln!(output, "{line}")?;
    }
    Ok(Status::Code(gdb.wait()?.code().unwrap_or(1) as u8))
}

/// Writes what gdb begins with: the symbols, and to which socket it connects.
pub fn write_start(file: &Path, symbols: &str, socket: &Path) -> Result<()> {
    let connect = format!("target remote {}\n", socket.display());
    Ok(fs::write(file, [SETTINGS, symbols, &connect].concat())?)
}

/// gdb, which prints Rust's types as they are in the source, and says nothing of the commands in `start`.
fn gdb(arguments: &[&str], start: &Path) -> Result<Command> {
    let mut gdb = Command::new(GDB);
    bind_to_lab(&mut gdb, Signal::SIGTERM, Vec::new());
    let start = format!(
        "python gdb.execute('source {}', to_string=True)",
        start.display()
    );
    gdb.env("PYTHONPATH", build::gdb_printers()?)
        .args(arguments)
        .args(["-iex", "python import gdb_load_rust_pretty_printers"])
        .args(["-ex", &start]);
    Ok(gdb)
}
