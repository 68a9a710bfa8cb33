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

/// All processes except PID 1 itself.
const EVERYBODY: Pid = Pid::from_raw(-1);

/// The children. The descriptor is readable after a process has ended.
pub struct Children {
    /// The set with only `SIGCHLD`.
    signal: SigSet,
    ended: SignalFd,
}

impl Children {
    /// Lets `SIGCHLD` arrive through a descriptor from here on.
    pub fn new() -> nix::Result<Self> {
        let signal = SigSet::from(Signal::SIGCHLD);
        signal.thread_block()?;
        let flags = SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC;
        let ended = SignalFd::with_flags(&signal, flags)?;
        Ok(Children { signal, ended })
    }

    /// Starts a program, and returns its PID.
    ///
    /// A program inherits blocked signals, and a shell with `SIGCHLD` blocked waits
    /// forever. So it is unblocked meanwhile. For processes that end in that time, the
    /// descriptor does not become readable, so [`reap`](Self::reap) must be called anyway.
    pub fn start(&self, program: &mut Command) -> io::Result<Pid> {
        self.signal.thread_unblock()?;
        let child = program.spawn();
        self.signal.thread_block()?;
        Ok(Pid::from_raw(child?.id() as i32))
    }

    /// Reaps every process that has ended, and reports each. Returns whether any are left.
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

    /// Kills all processes except PID 1. They still have to be reaped.
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
