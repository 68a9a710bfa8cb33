// SPDX-License-Identifier: MIT OR Apache-2.0

//! What came of an exercise, for people.

use std::io::{self, Write};

use console::style;

use super::{Ended, Report};
use crate::guest::Failure;

/// The last line that the kernel says of what the lab loads: what comes before is the boot.
const BOOTED: &str = "hiboma: registered /dev/hiboma";

/// Ends what a kernel says of a fault; a panic shows some of it again.
const END: &str = "---[ end trace";

/// How much of a log is shown.
const LINES: usize = 60;

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
    writeln!(to, "\nThe guest's kernel has said:\n")?;
    for line in of_the_exercise(&failure.log) {
        writeln!(to, "    {}", style(line).dim())?;
    }
    writeln!(
        to,
        "\nIn the last check {failure}.\nIt was only the guest, and the next check boots another."
    )
}

/// The part of a log that begins when the guest is ready.
fn of_the_exercise(log: &str) -> Vec<&str> {
    let lines: Vec<_> = log.lines().collect();
    let booted = lines.iter().position(|line| line.contains(BOOTED));
    let lines = &lines[booted.map_or(0, |booted| booted + 1)..];
    let end = lines.iter().position(|line| line.contains(END));
    lines[..end.unwrap_or(lines.len()).min(LINES)].to_vec()
}

#[cfg(test)]
mod tests {
    use super::of_the_exercise;

    #[test]
    fn of_a_log_the_crash_is_shown() {
        let log = "[0.1] Linux version 7.3\n[1.2] hiboma: registered /dev/hiboma\n[1.4] BUG: no\n\
                   [1.5] RIP: 0010:filp_flush\n[1.6] ---[ end trace 0 ]---\n[1.7] RIP: again";
        let crash = ["[1.4] BUG: no", "[1.5] RIP: 0010:filp_flush"];
        assert_eq!(of_the_exercise(log), crash);
        assert_eq!(of_the_exercise("[0.1] a panic"), ["[0.1] a panic"]);
    }
}
