// SPDX-License-Identifier: MIT OR Apache-2.0

//! The number of instructions of an operation.

use std::collections::BTreeMap;
use std::str::{FromStr, Split};

use anyhow::{Context, Result, ensure};

use super::column::program;
use crate::guest::Guest;

/// The instructions of an operation: the lower quartile of its samples. A system call does the operation `times`
/// times.
pub struct Counted {
    /// The instructions of the system call.
    pub with: u32,
    /// Those of a system call without the operation; 0 if the whole system call is counted.
    pub without: u32,
    pub times: u32,
    /// How many of the samples are equal to it.
    as_much: u32,
    samples: u32,
}

/// Counts the operations of an interface with one of these words in their names; without words, all.
pub fn count(
    guest: &mut Guest,
    interface: &str,
    words: &[String],
) -> Result<BTreeMap<String, Counted>> {
    let mut arguments = vec![interface, "count"];
    arguments.extend(words.iter().map(String::as_str));
    let output = guest.output_of(program(&arguments))?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{interface}: {complaint}");
    let text = String::from_utf8(output.stdout)?;
    let all: Result<_> = text.lines().map(Counted::parse).collect();
    all
}

impl Counted {
    /// Parses a line of the program's output: the name, and five numbers.
    fn parse(line: &str) -> Result<(String, Counted)> {
        fn next<T: FromStr>(words: &mut Split<'_, char>) -> Option<T> {
            words.next()?.parse().ok()
        }
        let numbers = |line: &str| {
            let words = &mut line.split(' ');
            Some(Counted {
                with: next(words)?,
                without: next(words)?,
                times: next(words)?,
                as_much: next(words)?,
                samples: next(words)?,
            })
        };
        let split = line.split_once(' ');
        split
            .and_then(|(name, rest)| Some((name.to_owned(), numbers(rest)?)))
            .with_context(|| format!("no line of `costs`: {line}"))
    }

    /// Returns how many instructions the operation takes once.
    pub fn instructions(&self) -> f64 {
        (f64::from(self.with) - f64::from(self.without)) / f64::from(self.times)
    }

    /// Returns the instructions and, if not all samples are equal, how many are.
    pub fn cell(&self) -> String {
        let instructions = figure(self.instructions());
        match self.as_much == self.samples {
            true => instructions,
            false => format!("{instructions} ({} of {})", self.as_much, self.samples),
        }
    }
}

/// Formats a number of instructions, with two decimals if it is not a whole number.
pub fn figure(instructions: f64) -> String {
    let whole = instructions.round();
    if (instructions - whole).abs() >= 0.005 {
        return format!("{instructions:.2}");
    }
    let digits = format!("{whole}");
    let mut figure = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            figure.push(',');
        }
        figure.push(digit);
    }
    figure
}

#[cfg(test)]
mod tests {
    use super::figure;

    #[test]
    fn figures_are_written_as_in_a_text() {
        assert_eq!(figure(222.0), "222");
        assert_eq!(figure(6151.0), "6,151");
        assert_eq!(figure(1_234_567.0), "1,234,567");
        assert_eq!(figure(77.5), "77.50");
    }
}
