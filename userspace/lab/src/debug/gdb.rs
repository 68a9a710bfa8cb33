// SPDX-License-Identifier: MIT OR Apache-2.0

//! Runs gdb: in the terminal, or with a script.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result, ensure};
use lab_protocol::Status;
use lazy_regex::regex;
use nix::sys::signal::Signal;
use signal_hook::consts::SIGINT;

use crate::build;
use crate::child::{Inherited, bind_to_lab, on_path};
use crate::own::{Gdb, RunGdb};
use crate::workspace;

const GDB: &str = "gdb";

/// The output of a script must not depend on a terminal. A program's pretty-printers are loaded explicitly, and
/// no code of the program itself is run.
const SETTINGS: &str = "\
set confirm off
set pagination off
set width 0
set print pretty on
set auto-load off
";

/// The pretty-printers for the kernel crate's types.
pub const PRINTERS: &str = "userspace/lab/src/debug/printers.py";

/// Between these two gdb prints nothing.
const QUIET: &str = "\
set logging file /dev/null
set logging redirect on
set logging enabled on
";
const LOUD: &str = "set logging enabled off\n";

/// The prefix that gdb prints before each command of a script.
const TRACED: &str = "+";

/// Fails if there is no gdb, or no script.
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

/// Runs gdb in the lab's terminal until the user leaves it. It first runs the commands in `start`.
pub fn at_terminal(start: &Path) -> Result<Status> {
    let mut gdb = bound();
    gdb.arg("-q").arg("-x").arg(start);
    // Ctrl-C in the terminal is for gdb, which stops the guest.
    signal_hook::flag::register(SIGINT, Arc::new(AtomicBool::new(false)))?;
    let ended = gdb.status().context("gdb does not start")?;
    Ok(Status::Code(ended.code().unwrap_or(1) as u8))
}

/// Returns the arguments for a gdb that runs the commands in `start` and in `script`, and exits.
pub fn arguments(start: &Path, script: &Path) -> Vec<OsString> {
    let trace = "set trace-commands on";
    let start = start.as_os_str();
    ["-nx".as_ref(), "-batch".as_ref(), "-x".as_ref(), start]
        .into_iter()
        .chain([
            "-ex".as_ref(),
            trace.as_ref(),
            "-x".as_ref(),
            script.as_os_str(),
        ])
        .map(OsStr::to_owned)
        .collect()
}

/// Runs gdb through `run`. Its output goes to `output`, with the paths of files relative to the `folders`.
pub fn by_script(
    gdb: Gdb,
    run: &RunGdb,
    folders: &[&Path],
    output: &mut dyn Write,
) -> Result<Status> {
    run(gdb, &mut |line| {
        let line = short_paths(line.to_owned(), folders);
        match line.strip_prefix(TRACED) {
            Some(command) => writeln!(output, "(gdb) {command}")?,
            None => writeln!(output, "{line}")?,
        }
        Ok(())
    })
}

/// Runs gdb without a sandbox, with the lab's own permissions.
pub fn run(gdb: Gdb, line: &mut dyn FnMut(&str) -> Result<()>) -> Result<Status> {
    let mut command = bound();
    command
        .args(gdb.arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut child = command.spawn().context("gdb does not start")?;
    let printed = child.stdout.take().context("no output of gdb")?;
    for printed in BufReader::new(printed).lines() {
        line(&printed?)?;
    }
    Ok(Status::Code(child.wait()?.code().unwrap_or(1) as u8))
}

/// Returns the line with the paths of files relative to one of the folders, and without `..`.
fn short_paths(line: String, folders: &[&Path]) -> String {
    let short = folders.iter().fold(line, |line, folder| {
        line.replace(&format!("{}/", folder.display()), "")
    });
    let up = regex!(r"[\w-]+/\.\./");
    let mut line = short;
    while up.is_match(&line) {
        line = up.replace(&line, "").into_owned();
    }
    line
}

/// Returns the commands that every gdb needs: settings, pretty-printers, and these symbols.
pub fn knowledge(symbols: &str) -> Result<String> {
    let rust = build::gdb_printers()?;
    let printers = workspace::root().join(PRINTERS);
    Ok(format!(
        "{SETTINGS}python sys.path.insert(0, '{}')\npython import gdb_load_rust_pretty_printers\nsource {}\n{symbols}",
        rust.display(),
        printers.display(),
    ))
}

/// Writes gdb's first commands, which also connect it to the target. They print nothing.
pub fn write_start(file: &Path, symbols: &str, target: &str) -> Result<()> {
    let connect = format!("target remote {target}\n");
    let text = [QUIET, &knowledge(symbols)?, &connect, LOUD].concat();
    Ok(fs::write(file, text)?)
}

/// Returns a gdb that does not outlive the lab.
fn bound() -> Command {
    let mut gdb = Command::new(GDB);
    bind_to_lab(&mut gdb, Signal::SIGTERM, Inherited::Only(Vec::new()));
    gdb
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::short_paths;

    #[test]
    fn a_file_is_called_by_its_path_in_its_tree() {
        let line = "f () at /cache/linux/arch/x86/kvm/../../../virt/kvm/kvm_main.c:12";
        let short = short_paths(
            line.to_owned(),
            &[Path::new("/work"), Path::new("/cache/linux")],
        );
        assert_eq!(short, "f () at virt/kvm/kvm_main.c:12");
    }
}
