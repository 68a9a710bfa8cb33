// SPDX-License-Identifier: MIT OR Apache-2.0

//! A process that drops all privileges that a compiler does not need, and starts the compiler.

use std::ffi::{CStr, OsString};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode, ExitStatus};

use anyhow::{Context, Result};
use clap::Parser;
use landlock::{
    ABI, Access, AccessFs, BitFlags, Ruleset, RulesetAttr, RulesetCreatedAttr, Scope,
    path_beneath_rules,
};
use nix::sys::prctl::{set_name, set_pdeathsig};
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::Signal;

use super::{namespaces, sockets};

/// The argument by which the server starts itself as this.
pub const NAME: &str = "confined";

/// Its name among the machine's processes.
const PROCESS: &CStr = c"sandbox";

/// This program, even if cargo has replaced its file.
pub const SELF: &str = "/proc/self/exe";

/// The CPU time limit of each process of a compiler, in seconds.
const CPU: u64 = 45;

/// The limits of memory and of a file's size, in bytes.
const MEMORY: u64 = 4 << 30;
const FILE: u64 = 256 << 20;

/// The system's own programs and libraries, and the linker's search paths.
/// `/proc` shows only the sandbox's own processes if the kernel allows
/// namespaces; if not, Landlock protects the memory of other processes there.
const SYSTEM: [&str; 10] = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/dev/urandom",
    "/proc",
];

/// A writable file for discarded output.
const NOWHERE: &str = "/dev/null";

/// The newest ABI of Landlock that is used. An older kernel restricts what it can.
const NEWEST: ABI = ABI::V6;

/// What to run, and what it may read and write.
#[derive(Parser)]
struct Arguments {
    #[arg(long = "read")]
    reads: Vec<PathBuf>,
    #[arg(long = "write")]
    writes: Vec<PathBuf>,
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

/// Runs the program of these arguments, and returns its exit code.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    match confine(&arguments) {
        // The exit code of a shell.
        Ok(status) => match (status.code(), status.signal()) {
            (Some(code), _) => ExitCode::from(code as u8),
            (_, signal) => ExitCode::from(128 + signal.unwrap_or_default() as u8),
        },
        Err(error) => {
            eprintln!("cargo lab: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn confine(arguments: &[OsString]) -> Result<ExitStatus> {
    // The process that started this may end before the program.
    set_pdeathsig(Signal::SIGKILL)?;
    set_name(PROCESS)?;
    if let Some(status) = namespaces::enter(arguments)? {
        return Ok(status);
    }
    let arguments = Arguments::parse_from(arguments);
    restrict(&arguments).context("Landlock")?;
    sockets::forbid().context("seccomp")?;
    for (resource, soft, hard) in [
        // The soft limit names the reason; the hard limit kills.
        (Resource::RLIMIT_CPU, CPU, CPU + 1),
        (Resource::RLIMIT_AS, MEMORY, MEMORY),
        (Resource::RLIMIT_FSIZE, FILE, FILE),
        (Resource::RLIMIT_CORE, 0, 0),
    ] {
        setrlimit(resource, soft, hard)?;
    }
    let (program, rest) = arguments.command.split_first().context("no program")?;
    let ended = Command::new(program).args(rest).status();
    ended.with_context(|| program.display().to_string())
}

/// Drops access to all other files, and to other processes.
fn restrict(arguments: &Arguments) -> Result<()> {
    let reads = SYSTEM.iter().map(PathBuf::from);
    let reads = reads.chain(arguments.reads.iter().cloned());
    let to_write = AccessFs::from_all(NEWEST) & !BitFlags::from(AccessFs::Execute);
    Ruleset::default()
        .handle_access(AccessFs::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?
        .add_rules(path_beneath_rules(reads, AccessFs::from_read(NEWEST)))?
        .add_rules(path_beneath_rules(&arguments.writes, to_write))?
        .add_rules(path_beneath_rules([NOWHERE], to_write))?
        .restrict_self()?;
    Ok(())
}
