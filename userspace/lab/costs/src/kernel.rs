// SPDX-License-Identifier: MIT OR Apache-2.0

//! The cost that every system call has.

use anyhow::Result;
use nix::libc;

use crate::counter::system_call;
use crate::report::Report;

/// Counts a system call that does almost nothing.
pub fn count(report: &Report) -> Result<()> {
    report.count("getppid", || {
        // SAFETY: `getppid` has no arguments.
        let (result, count) = unsafe { system_call(libc::SYS_getppid, [0; 6]) };
        result?;
        Ok(count)
    })
}
