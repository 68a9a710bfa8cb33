// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every process of the guest is a child of PID 1, or becomes one when its parent ends.

use std::os::fd::{AsFd, BorrowedFd};

use lab_protocol::Status;
use nix::errno::Errno;
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// All processes but PID 1 itself.
const EVERYBODY: Pid = Pid::from_raw(-1);

/// Tells, by being readable, that a process has ended.
pub struct Children(SignalFd);

impl Children {
    /// From here on, `SIGCHLD` comes through a descriptor.
    pub fn new() -> nix::Result<Self> {
        let mut mask = SigSet::empty();
        mask.add(Signal::SIGCHLD);
        mask.thread_block()?;
        let flags = SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC;
        Ok(Children(SignalFd::with_flags(&mask, flags)?))
    }

    /// Reaps every process that has ended, and reports each. Returns whether any is left.
    pub fn reap(&self, mut ended: impl FnMut(Pid, Status)) -> nix::Result<bool> {
        while self.0.read_signal()?.is_some() {}
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
        self.0.as_fd()
    }
}
