// SPDX-License-Identifier: MIT OR Apache-2.0

//! Child processes, none of which outlives the lab, however the lab ends.

use std::env;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::unistd::{getpid, getppid};

/// Has the kernel send `signal` to the child when the thread that starts it, or the lab, is gone;
/// and lets the child inherit `passed` under their present numbers.
pub fn bind_to_lab(command: &mut Command, signal: Signal, passed: Vec<OwnedFd>) {
    let lab = getpid();
    // SAFETY: between fork and exec the closure makes system calls only and allocates nothing.
    unsafe {
        command.pre_exec(move || {
            set_pdeathsig(signal)?;
            // The lab may have ended before that.
            if getppid() != lab {
                return Err(Errno::ESRCH.into());
            }
            for fd in &passed {
                fcntl(fd, FcntlArg::F_SETFD(FdFlag::empty()))?;
            }
            Ok(())
        });
    }
}

/// The file of a program.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.exists())
}
