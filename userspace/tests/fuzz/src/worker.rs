// SPDX-License-Identifier: MIT OR Apache-2.0

//! Executes a program in its own process, which frees its descriptors and its memory at the end.

use std::ffi::CString;
use std::fmt;
use std::fs;

use anyhow::{Context, Result};
use nix::libc;
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, alarm, fork};

use crate::execute::execute;
use crate::generator::Mode;
use crate::program::Program;
use crate::trace::Trace;

/// The time limit of a program in seconds. It needs a tenth of one; on
/// the debug kernel of a busy machine, one in a thousand has taken 15.
const LIMIT: u32 = 100;

/// The end of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All ops were executed.
    Done,
    /// It exceeded its time limit.
    TimedOut,
    /// It failed as no program should.
    Failed(WaitStatus),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Done => write!(f, "it ended"),
            End::TimedOut => write!(f, "it took more than {LIMIT} s"),
            End::Failed(status) => write!(f, "its process failed: {status:?}"),
        }
    }
}

/// Executes `program` on a device, and records the outcomes in `trace`.
pub fn run(program: &Program, device: &str, mode: Mode, trace: Trace) -> Result<End> {
    trace.clear(program.0.len());
    let path = CString::new(device)?;
    // SAFETY: This process has one thread.
    match unsafe { fork() }.context("fork")? {
        ForkResult::Child => {
            alarm::set(LIMIT);
            // If memory runs out, the kernel should kill this process.
            let _ = fs::write("/proc/self/oom_score_adj", "1000");
            let result = execute(program, &path, mode, trace);
            if let Err(error) = &result {
                eprintln!("fuzz: {error:#}");
            }
            // SAFETY: `_exit` only ends the process.
            unsafe { libc::_exit(result.is_err().into()) }
        }
        ForkResult::Parent { child } => end(child),
    }
}

fn end(child: Pid) -> Result<End> {
    Ok(match waitpid(child, None).context("waitpid")? {
        WaitStatus::Exited(_, 0) => End::Done,
        WaitStatus::Signaled(_, Signal::SIGALRM, _) => End::TimedOut,
        status => End::Failed(status),
    })
}
