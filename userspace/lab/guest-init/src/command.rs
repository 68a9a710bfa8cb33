// SPDX-License-Identifier: MIT OR Apache-2.0

//! Starts a program.
//!
//! Uses only what `std` can do with `posix_spawn(3)`. For anything else `std` forks, and for that
//! it needs a Unix socket, which a kernel can be built without.

use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::{io, process};

use lab_protocol::{Command, HOME, PATH, ToHost};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd::Pid;

use crate::children::Children;
use crate::program::{NoProgram, find};
use crate::terminal;

/// A program that has been started, and PID 1's ends of its input and output. All of them are
/// nonblocking.
pub struct Running {
    /// The program's own process.
    pub pid: Pid,
    /// PID 1's end of its input.
    pub input: OwnedFd,
    /// PID 1's ends of its outputs, each with the function that makes a message of the output.
    pub outputs: Vec<(OwnedFd, Carry)>,
    /// The master side of its terminal, if it has one.
    pub terminal: Option<OwnedFd>,
}

/// `ToHost::Stdout` or `ToHost::Stderr`.
pub type Carry = fn(Vec<u8>) -> ToHost;

/// Starts `command` in PID 1's working directory, which is [`HOME`].
pub fn start(command: &Command, children: &Children) -> Result<Running, NoProgram> {
    let (name, arguments) = command.argv.split_first().ok_or_else(NoProgram::unnamed)?;
    let program = find(name)?;
    let mut builder = match command.terminal {
        None => process::Command::new(&program),
        Some(_) => terminal::session_of(&program),
    };
    builder
        .args(arguments)
        .env_clear()
        .env("HOME", HOME)
        .env("PATH", PATH)
        .envs(command.env.iter().map(|(name, value)| (name, value)));
    match command.terminal {
        None => start_on_pipes(builder.arg0(name), children),
        Some(size) => terminal::start(&mut builder, children, size),
    }
    .map_err(|error| NoProgram::not_runnable(name, &error))
}

fn start_on_pipes(builder: &mut process::Command, children: &Children) -> io::Result<Running> {
    let (its_stdin, stdin) = io::pipe()?;
    let (stdout, its_stdout) = io::pipe()?;
    let (stderr, its_stderr) = io::pipe()?;
    builder
        .process_group(0)
        .stdin(its_stdin)
        .stdout(its_stdout)
        .stderr(its_stderr);
    Ok(Running {
        pid: children.start(builder)?,
        input: unblocked(stdin)?,
        outputs: vec![
            (unblocked(stdout)?, ToHost::Stdout),
            (unblocked(stderr)?, ToHost::Stderr),
        ],
        terminal: None,
    })
}

/// Sets `O_NONBLOCK`, since one thread serves all of them.
pub fn unblocked(fd: impl Into<OwnedFd>) -> io::Result<OwnedFd> {
    let fd = fd.into();
    fcntl(fd.as_fd(), FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    Ok(fd)
}
