// SPDX-License-Identifier: MIT OR Apache-2.0

//! What came of an exercise, for people.

use std::io::{self, Write};

use console::style;

use super::{Ended, Report};
use crate::guest::Failure;

/// How much of a kernel's log is shown.
const LAST_LINES: usize = 40;

/// The line by which the kernel greets a module that is not its own: what comes before is the boot.
const LOADED: &str = "exercise: loading out-of-tree module";

/// Writes the compiler's words, each check with what is missing, and what ended the guest.
pub fn print(report: &Report, to: &mut dyn Write) -> io::Result<()> {
    if !report.compiler.is_empty() {
        writeln!(to, "{}\n", report.compiler)?;
    }
    match &report.ended {
        Ended::NotBuilt => writeln!(to, "It does not compile yet: see the errors above."),
        Ended::Ran(checks, failure) => {
            for check in checks {
                match &check.missing {
                    None => writeln!(to, "{} {}", style("✓").green(), check.claim)?,
                    Some(missing) => {
                        writeln!(to, "{} {}", style("✗").red(), style(&check.claim).bold())?;
                        for line in missing.lines() {
                            writeln!(to, "    {line}")?;
                        }
                    }
                }
            }
            match failure {
                Some(failure) => print_failure(failure, to),
                None => Ok(()),
            }
        }
    }
}

fn print_failure(failure: &Failure, to: &mut dyn Write) -> io::Result<()> {
    let log: Vec<_> = failure.log.lines().collect();
    let begin = log.iter().position(|line| line.contains(LOADED));
    let log = &log[begin.unwrap_or(0)..];
    writeln!(
        to,
        "\nThe guest's kernel has said, since the module was loaded:\n"
    )?;
    // A crash is told first, and the registers of the last processor last.
    for line in &log[..log.len().min(LAST_LINES)] {
        writeln!(to, "    {}", style(line).dim())?;
    }
    if log.len() > LAST_LINES {
        writeln!(to, "    … and {} lines more", log.len() - LAST_LINES)?;
    }
    writeln!(
        to,
        "\nIn the last check {failure}.\nIt was only the guest, and the next check boots another."
    )
}
