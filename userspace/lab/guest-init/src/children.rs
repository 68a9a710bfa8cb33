// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every process of the guest is a child of PID 1, or becomes one when its parent ends.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::process::Command;

use lab_protocol::Status;
use nix::errno::Errno;
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// All processes but PID 1 itself.
const EVERYBODY: Pid = Pid::from_raw(-1);

/// Tells, by being readable, that a process has ended.
pub struct Children {
    /// `SIGCHLD` alone.
    signal: SigSet,
    ended: SignalFd,
}

impl Children {
    /// From here on, `SIGCHLD` comes through a descriptor.
    pub fn new() -> nix::Result<Self> {
        let signal = SigSet::from(Signal::SIGCHLD);
        signal.thread_block()?;
        let flags = SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC;
        let ended = SignalFd::with_flags(&signal, flags)?;
        Ok(Children { signal, ended })
    }

    /// Starts a program, and returns its process.
    ///
    /// A program inherits what is blocked, and a shell without `SIGCHLD` waits for ever. So it
    /// is let through meanwhile: for processes that end then, [`reap`](Self::reap) has to be
    /// called without being told.
    pub fn start(&self, program: &mut Command) -> io::Result<Pid> {
        self.signal.thread_unblock()?;
        let child = program.spawn();
        self.signal.thread_block()?;
        Ok(Pid::from_raw(child?.id() as i32))
    }

    /// Reaps every process that has ended, and reports each. Returns whether any is left.
    pub fn reap(&self, mut ended: impl FnMut(Pid, Status)) -> nix::Result<bool> {
        while self.ended.read_signal()?.is_some() {}
        loop {
            match waitpid(EVERYBODY, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::Exited(pid, code)) => ended(pid, Status::Code(code as u8)),
                Ok(WaitStatus::Signaled(pid, signal, _)) => {
                    ended(pid, Status::Signal(signal as i32));
                }
                Ok(_) => return Ok(true),
                Err(Errno::ECHILD) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
    }

    /// Kills all processes but PID 1; they are still to be reaped.
    pub fn kill_all(&self) -> nix::Result<()> {
        match kill(EVERYBODY, Signal::SIGKILL) {
            Err(Errno::ESRCH) => Ok(()),
            other => other,
        }
    }
}

impl AsFd for Children {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.ended.as_fd()
    }
}
