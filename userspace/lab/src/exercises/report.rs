// SPDX-License-Identifier: MIT OR Apache-2.0

//! Prints the results of an exercise.

use std::io::{self, Write};

use console::style;

use super::{Check, Ended, Outcome, Report};
use crate::guest::Failure;
use crate::text::{columns, wrapped};

/// Prints the compiler's messages, each check and what is missing, and what ended the guest.
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

/// Prints what is missing only for the first failed check: others may fail because of it.
fn print_checks(checks: &[Check], to: &mut dyn Write) -> io::Result<()> {
    let mut is_first = true;
    for Check { claim, outcome } in checks {
        let why = match outcome {
            Outcome::Holds => {
                writeln!(to, "{} {claim}", style("✓").green())?;
                continue;
            }
            Outcome::NotRun => {
                writeln!(to, "{} {claim}: not run", style("–").dim())?;
                continue;
            }
            Outcome::Missing(missing) => missing,
            Outcome::GuestEnded(how) => how,
        };
        writeln!(to, "{} {}", style("✗").red(), style(claim).bold())?;
        if is_first {
            for line in why.lines() {
                let line = wrapped(&format!("    {line}"), "    ", columns());
                writeln!(to, "{line}")?;
            }
        }
        is_first = false;
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
        "\nIt was only the guest, and the next check boots another."
    )
}

#[cfg(test)]
mod tests {
    use super::print_checks;
    use crate::exercises::{Check, Outcome};

    #[test]
    fn a_guest_that_ended_is_told_at_its_check_and_the_others_were_not_run() {
        let check = |claim: &str, outcome| {
            let claim = claim.to_owned();
            Check { claim, outcome }
        };
        let checks = [
            check("It opens", Outcome::Holds),
            check("It counts", Outcome::GuestEnded("it crashed".to_owned())),
            check("It closes", Outcome::NotRun),
        ];
        let mut text = Vec::new();
        print_checks(&checks, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let text = console::strip_ansi_codes(&text);
        assert_eq!(
            text,
            "✓ It opens\n✗ It counts\n    it crashed\n– It closes: not run\n"
        );
    }
}
