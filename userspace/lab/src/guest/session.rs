// SPDX-License-Identifier: MIT OR Apache-2.0

//! Everything that the lab does with a running guest.

use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, anyhow};
use lab_protocol::{Command, Status, ToGuest, ToHost};
use nix::sys::signal::Signal;
use serde_json::json;

use super::accelerator::Accelerator;
use super::breakpoint::Breakpoint;
use super::connection::{Connection, HangUp, Sender, Silence};
use super::deadline::Deadline;
use super::failure::{Failure, out_of_memory};
use super::monitor::Monitor;
use super::output::{Stream, Undelivered};
use super::process::Process;
use super::stdin::{Stdin, pass_on, pass_on_keys};
use crate::image::GuestFile;

/// The time limit for a kernel to panic and print its log.
const PANIC_LIMIT: Duration = Duration::from_secs(10);

/// The path of hiboma.ko in the guest.
pub const HIBOMA: &str = "/lib/modules/hiboma.ko";

/// A running guest. Dropping it ends the guest.
pub struct Guest {
    pub(super) accelerator: Accelerator,
    pub(super) process: Process,
    pub(super) connection: Connection,
    pub(super) monitor: Monitor,
    pub(super) breakpoint: Option<Breakpoint>,
    pub(super) memory_mib: u64,
    pub(super) timeout: Option<Duration>,
    /// The files of its modules on the host.
    pub(super) modules: Vec<PathBuf>,
}

/// The output of a command, and how it ended.
#[derive(Debug)]
pub struct Output {
    /// To its standard output.
    pub stdout: Vec<u8>,
    /// To its standard error.
    pub stderr: Vec<u8>,
    /// How it ended.
    pub status: Status,
}

impl Guest {
    /// Loads the module at `path` of the guest.
    pub fn load_module(&mut self, path: &str) -> Result<()> {
        self.ask(&ToGuest::LoadModule(path.to_owned()))
    }

    /// Loads the modules among these files of the guest.
    pub fn load_modules(&mut self, files: &[GuestFile]) -> Result<()> {
        let mut modules = files.iter().filter(|file| file.module().is_some());
        modules.try_for_each(|module| self.load_module(&module.path))
    }

    /// Sends a request that the guest answers with success or failure.
    pub(super) fn ask(&mut self, request: &ToGuest) -> Result<()> {
        self.send(request)?;
        self.expect_done()
    }

    /// Waits for the answer, which is success or failure.
    pub fn expect_done(&mut self) -> Result<()> {
        match self.receive(Deadline::after(self.timeout))? {
            ToHost::Done => Ok(()),
            ToHost::Failed(reason) => Err(anyhow!(reason)),
            other => Err(out_of_step(&other)),
        }
    }

    /// Runs `command` and passes on its output as it comes.
    fn run(
        &mut self,
        deadline: Deadline,
        command: Command,
        stdin: Stdin,
        stdout: &mut dyn Write,
        stderr: &mut dyn Write,
    ) -> Result<Status> {
        self.send(&ToGuest::Run(command))?;
        match stdin {
            Stdin::Empty => self.send(&ToGuest::Stdin(Vec::new()))?,
            Stdin::Sent => {}
            Stdin::Inherited => pass_on(self.sender())?,
            Stdin::Terminal => pass_on_keys(self.sender(), self.hang_up()?)?,
        }
        self.relay(deadline, stdout, stderr)
    }

    /// Passes on the output of the running command, until it ends.
    fn relay(
        &mut self,
        deadline: Deadline,
        stdout: &mut dyn Write,
        stderr: &mut dyn Write,
    ) -> Result<Status> {
        loop {
            let written = match self.receive(deadline)? {
                ToHost::Stdout(bytes) => stdout.write_all(&bytes),
                ToHost::Stderr(bytes) => stderr.write_all(&bytes),
                ToHost::Exited(status) => return Ok(status),
                other => return Err(out_of_step(&other)),
            };
            match written {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::TimedOut => {
                    return Err(self.time_out(deadline)?.into());
                }
                Err(error) => return Err(Undelivered(error).into()),
            }
        }
    }

    /// Runs `command` with the lab's own standard input, output and error.
    /// On standard error, says how it was killed, as a shell would.
    pub fn run_here(&mut self, command: Command) -> Result<Status> {
        let deadline = Deadline::after(self.timeout);
        let mut stdout = Stream::new(io::stdout(), deadline)?;
        let mut stderr = Stream::new(io::stderr(), deadline)?;
        let stdin = match &command.terminal {
            Some(_) => Stdin::Terminal,
            None => Stdin::Inherited,
        };
        let status = self.run(deadline, command, stdin, &mut stdout, &mut stderr)?;
        self.tell(status);
        Ok(status)
    }

    /// Says why a command was killed.
    fn tell(&self, status: Status) {
        if let Status::Signal(number) = status {
            let name = Signal::try_from(number).map_or("", Signal::as_str);
            eprintln!("cargo lab: killed by signal {number} ({name})");
        }
        if status.success() {
            return;
        }
        if let Some(program) = out_of_memory(&self.process.said()) {
            let memory = self.memory_mib;
            eprintln!(
                "cargo lab: out of memory, so the kernel killed {program}; the guest has {memory} MB: \
                 --mem gives it more"
            );
        }
    }

    /// Runs `command` without input, and passes on its standard output.
    pub fn run_to(&mut self, command: Command, stdout: &mut dyn Write) -> Result<Status> {
        let deadline = Deadline::after(self.timeout);
        let mut stderr = Stream::new(io::stderr(), deadline)?;
        self.run(deadline, command, Stdin::Empty, stdout, &mut stderr)
    }

    /// Does the same for a command that the guest has started by itself when it booted.
    pub fn output_to(&mut self, stdout: &mut dyn Write) -> Result<Status> {
        let deadline = Deadline::after(self.timeout);
        let mut stderr = Stream::new(io::stderr(), deadline)?;
        self.relay(deadline, stdout, &mut stderr)
    }

    /// Runs `command`, whose input comes from the holder of the [`Sender`], and passes on its output.
    pub fn run_between(&mut self, command: Command, stdout: &mut dyn Write) -> Result<Status> {
        let deadline = Deadline::after(self.timeout);
        self.run(deadline, command, Stdin::Sent, stdout, &mut io::sink())
    }

    /// Waits until a guest reaches the breakpoint that it was started with.
    pub fn expect_stop(&mut self) -> Result<()> {
        let limit = self.timeout;
        if let Some(breakpoint) = &mut self.breakpoint
            && breakpoint.wait(limit).is_err()
        {
            return Err(self.time_out(Deadline::after(limit))?.into());
        }
        Ok(())
    }

    /// Runs a program without input, and collects its output.
    pub fn output(&mut self, argv: &[&str]) -> Result<Output> {
        self.output_of(Command {
            argv: argv.iter().map(|&argument| argument.to_owned()).collect(),
            env: Vec::new(),
            terminal: None,
        })
    }

    /// Runs `command` without input, and collects its output.
    pub fn output_of(&mut self, command: Command) -> Result<Output> {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let deadline = Deadline::after(self.timeout);
        let status = self.run(deadline, command, Stdin::Empty, &mut stdout, &mut stderr)?;
        Ok(Output {
            stdout,
            stderr,
            status,
        })
    }

    /// Returns the accelerator that runs the guest.
    pub fn accelerator(&self) -> Accelerator {
        self.accelerator
    }

    /// Returns a sender for other threads, to talk to the running command.
    pub fn sender(&self) -> Sender {
        self.connection.sender()
    }

    /// Returns a handle with which other threads can end the guest, even while a command runs.
    pub fn hang_up(&self) -> io::Result<HangUp> {
        self.connection.hang_up()
    }

    pub(super) fn send(&mut self, message: &ToGuest) -> Result<()> {
        match self.connection.sender().send(message) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                Err(Failure::of_ended(self.process.end()?, &self.modules).into())
            }
            other => Ok(other?),
        }
    }

    pub(super) fn receive(&mut self, deadline: Deadline) -> Result<ToHost> {
        match self.connection.receive(deadline.at) {
            Ok(message) => Ok(message),
            Err(Silence::Broken(error)) => Err(error.into()),
            Err(Silence::Left) => Err(Failure::left().into()),
            Err(Silence::Ended) => {
                Err(Failure::of_ended(self.process.end()?, &self.modules).into())
            }
            Err(Silence::TimedOut) => Err(self.time_out(deadline)?.into()),
        }
    }

    /// Ends the guest, since its time is over.
    fn time_out(&mut self, deadline: Deadline) -> Result<Failure> {
        self.make_panic();
        Ok(Failure::of_silent(
            self.process.end()?,
            deadline.limit,
            &self.modules,
        ))
    }

    /// Makes a kernel that may be stuck panic, so that it prints its log and all stacks.
    fn make_panic(&mut self) {
        // If QEMU does not accept commands any more, there is nothing to learn.
        if self.monitor.execute("inject-nmi", json!({})).is_ok() {
            let deadline = Deadline::after(PANIC_LIMIT);
            while self.connection.receive(deadline.at).is_ok() {}
        }
    }
}

pub(super) fn out_of_step(message: &ToHost) -> anyhow::Error {
    anyhow!("the guest and the lab are out of step: {message:?}")
}
