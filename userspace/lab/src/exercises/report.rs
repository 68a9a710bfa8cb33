// SPDX-License-Identifier: MIT OR Apache-2.0

//! What came of an exercise, for people.

use std::io::{self, Write};

use console::style;

use super::{Check, Ended, Report};
use crate::guest::Failure;
use crate::text::{columns, wrapped};

/// Writes the compiler's words, each check with what is missing, and what ended the guest.
pub fn print(report: &Report, to: &mut dyn Write) -> io::Result<()> {
    if !report.compiler.is_empty() {
        writeln!(to, "{}\n", report.compiler)?;
    }
    match &report.ended {
        Ended::NotBuilt => writeln!(to, "It does not compile yet: the compiler says why."),
        Ended::Ran(checks, failure) => {
            print_checks(checks, to)?;
            match failure {
                Some(failure) => print_failure(failure, to),
                None => Ok(()),
            }
        }
    }
}

/// Only of the first that fails what is missing: the others may fail for that alone.
fn print_checks(checks: &[Check], to: &mut dyn Write) -> io::Result<()> {
    let first = checks.iter().position(|check| check.missing.is_some());
    for (number, check) in checks.iter().enumerate() {
        let Some(missing) = &check.missing else {
            writeln!(to, "{} {}", style("✓").green(), check.claim)?;
            continue;
        };
        writeln!(to, "{} {}", style("✗").red(), style(&check.claim).bold())?;
        if Some(number) == first {
            for line in missing.lines() {
                let line = wrapped(&format!("    {line}"), "    ", columns());
                writeln!(to, "{line}")?;
            }
        }
    }
    Ok(())
}

fn print_failure(failure: &Failure, to: &mut dyn Write) -> io::Result<()> {
    writeln!(to, "\nThe guest's kernel has said:\n")?;
    for line in failure.excerpt().lines() {
        writeln!(to, "    {}", style(line).dim())?;
    }
    writeln!(
        to,
        "\nIn the last check {failure}.\nIt was only the guest, and the next check boots another."
    )
}
