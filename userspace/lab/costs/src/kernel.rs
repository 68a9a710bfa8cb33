// SPDX-License-Identifier: MIT OR Apache-2.0

//! What every system call costs, whatever it does.

use anyhow::Result;
use nix::libc;

use crate::counter::system_call;
use crate::report::Report;

/// Counts a system call that does next to nothing.
pub fn count(report: &Report) -> Result<()> {
    report.count("getppid", || {
        // SAFETY: It has no arguments.
        let (result, count) = unsafe { system_call(libc::SYS_getppid, [0; 6]) };
        result?;
        Ok(count)
    })
}
