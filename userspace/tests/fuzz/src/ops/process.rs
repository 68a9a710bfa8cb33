// SPDX-License-Identifier: MIT OR Apache-2.0

//! Processes, threads and signals.

use arbitrary::{Arbitrary, Unstructured};
use nix::libc;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use crate::outcome::Outcome;
use crate::value::THREADS;
use crate::world::{KICK, Thread};

/// An op on the process.
#[derive(Arbitrary, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
pub enum Process {
    /// Executes the ops up to the next `Exit` in a child; the parent waits for it.
    Fork,
    /// Ends a child. Has no effect in any other process.
    Exit,
    /// Starts the other threads, which execute their ops.
    Threads,
    /// Sends a thread a signal.
    Kick(#[arbitrary(with = |u: &mut Unstructured| u.int_in_range(0..=THREADS - 1))] usize),
    /// Blocks or unblocks that signal.
    Block(bool),
    /// Lets other threads run.
    Yield,
    /// Limits the number of open files.
    Limit(#[arbitrary(with = |u: &mut Unstructured| u.int_in_range(5..=24))] u64),
    /// Removes the limit.
    NoLimit,
    /// Gives the thread its own table of descriptors.
    UnshareFiles,
}

impl Process {
    /// Executes the op. `execute.rs` handles the first three.
    pub fn execute(&self, thread: &Thread) -> Outcome {
        // SAFETY: None of these changes the program's memory.
        let result = unsafe {
            match *self {
                Process::Fork | Process::Exit | Process::Threads => 0,
                Process::Kick(number) => match thread.world.tid(number) {
                    0 => 0,
                    tid => libc::syscall(libc::SYS_tgkill, libc::getpid(), tid, KICK),
                },
                Process::Block(block) => {
                    let mut set = std::mem::zeroed();
                    libc::sigaddset(&raw mut set, KICK);
                    let how = if block {
                        libc::SIG_BLOCK
                    } else {
                        libc::SIG_UNBLOCK
                    };
                    libc::pthread_sigmask(how, &raw const set, std::ptr::null_mut()).into()
                }
                Process::Yield => libc::sched_yield().into(),
                Process::Limit(files) => limit(files),
                Process::NoLimit => limit(1024),
                Process::UnshareFiles => libc::unshare(libc::CLONE_FILES).into(),
            }
        };
        Outcome::of(result)
    }
}

fn limit(files: u64) -> i64 {
    let limit = libc::rlimit {
        rlim_cur: files,
        rlim_max: 1024,
    };
    // SAFETY: `limit` is a valid structure.
    unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) }.into()
}
