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
use nix::libc::{self, CLOSE_RANGE_CLOEXEC, SYS_close_range, c_uint};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::unistd::{getpid, getppid};

/// The descriptors that a child inherits besides the standard streams.
pub enum Inherited {
    /// The [locks](crate::cache::lock) that the lab holds, because the child works on what they protect.
    Locks,
    /// Only these, under their present numbers. A lock of another thread would outlive that thread's
    /// work.
    Only(Vec<OwnedFd>),
}

/// Lets the kernel send `signal` to the child when the thread that starts it, or the lab, ends.
pub fn bind_to_lab(command: &mut Command, signal: Signal, inherited: Inherited) {
    let lab = getpid();
    // SAFETY: Between fork and exec the closure only makes system calls and allocates nothing.
    unsafe {
        command.pre_exec(move || {
            set_pdeathsig(signal)?;
            // The lab may have ended before `set_pdeathsig`.
            if getppid() != lab {
                return Err(Errno::ESRCH.into());
            }
            if let Inherited::Only(passed) = &inherited {
                // A kernel older than 5.11 does not know the flag.
                libc::syscall(SYS_close_range, 3, c_uint::MAX, CLOSE_RANGE_CLOEXEC);
                for fd in passed {
                    fcntl(fd, FcntlArg::F_SETFD(FdFlag::empty()))?;
                }
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
