// SPDX-License-Identifier: MIT OR Apache-2.0

//! How many instructions something takes.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};

use super::column::{Column, program};

/// How many instructions one thing takes, each of the many times that it was counted.
pub struct Counted {
    /// The one in the middle.
    pub median: f64,
    least: f64,
    most: f64,
    /// How many are the median.
    agreeing: u32,
}

/// Counts what has one of these words in its name; without words, all of the column.
pub fn count(column: &Column, words: &[String]) -> Result<BTreeMap<String, Counted>> {
    let mut guest = column.guest()?;
    let mut all = BTreeMap::new();
    for interface in column.interfaces {
        let mut arguments = vec![*interface, "count"];
        arguments.extend(words.iter().map(String::as_str));
        let output = guest.output_of(program(&arguments))?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{interface}: {complaint}");
        for line in String::from_utf8(output.stdout)?.lines() {
            let (name, counted) = Counted::parse(line)?;
            all.insert(name.to_owned(), counted);
        }
    }
    Ok(all)
}

impl Counted {
    /// A line of the program's: the name, and four numbers.
    pub fn parse(line: &str) -> Result<(&str, Counted)> {
        let numbers = |line: &str| {
            let mut words = line.split(' ');
            let mut next = || words.next()?.parse().ok();
            Some(Counted {
                median: next()?,
                least: next()?,
                most: next()?,
                agreeing: next()? as u32,
            })
        };
        let split = line.split_once(' ');
        split
            .and_then(|(name, rest)| Some((name, numbers(rest)?)))
            .with_context(|| format!("no line of `costs`: {line}"))
    }

    /// All that is known, for a developer.
    pub fn cell(&self) -> String {
        let Counted {
            median,
            least,
            most,
            agreeing,
        } = self;
        format!("{median} ({least}–{most}, {agreeing})")
    }
}
