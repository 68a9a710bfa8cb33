// SPDX-License-Identifier: MIT OR Apache-2.0

//! Child processes that never outlive the lab, however the lab ends.

use std::env;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::unistd::{getpid, getppid};

/// Lets the kernel send `signal` to the child when the thread that starts it, or the lab, ends; and
/// lets the child inherit `passed` under their present numbers.
pub fn bind_to_lab(command: &mut Command, signal: Signal, passed: Vec<OwnedFd>) {
    let lab = getpid();
    // SAFETY: Between fork and exec the closure only makes system calls and allocates nothing.
    unsafe {
        command.pre_exec(move || {
            set_pdeathsig(signal)?;
            // The lab may have ended before `set_pdeathsig`.
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

/// Returns the file of a program.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| is_program(file))
}

fn is_program(file: &Path) -> bool {
    let metadata = file.metadata();
    metadata.is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}
