// SPDX-License-Identifier: MIT OR Apache-2.0

//! Executes a program in a process of its own, so that its descriptors and its memory go with it.

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

/// How many seconds a program may take. It takes a tenth of one; on the debug kernel of a machine that
/// has much else to do, one in a thousand has taken 15.
const LIMIT: u32 = 100;

/// How the process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All ops were executed.
    Done,
    /// Its time was over.
    TimedOut,
    /// It failed in a way that no program should.
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

/// Executes `program` on a device. The outcomes are in `trace`.
pub fn run(program: &Program, device: &str, mode: Mode, trace: Trace) -> Result<End> {
    trace.clear(program.0.len());
    let path = CString::new(device)?;
    // SAFETY: This process has one thread.
    match unsafe { fork() }.context("fork")? {
        ForkResult::Child => {
            alarm::set(LIMIT);
            // If memory runs out, it is this process that has it.
            let _ = fs::write("/proc/self/oom_score_adj", "1000");
            let result = execute(program, &path, mode, trace);
            if let Err(error) = &result {
                eprintln!("fuzz: {error:#}");
            }
            // SAFETY: Ends the process.
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
