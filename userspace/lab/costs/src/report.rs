// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is done with the things that can be counted.

use anyhow::{Context, Result};

use crate::samples::{COUNTED, Sample, take};

/// What is done.
pub enum Report {
    /// Counts each that has one of these words in its name, or without words each, and prints a line.
    Count(Vec<String>),
    /// Counts the one with this name, and then does it for ever, so that QEMU can log its instructions.
    Repeat(String),
}

impl Report {
    /// Something that can be counted. `count` does it once.
    pub fn count<T: Into<Sample>>(
        &self,
        name: &str,
        mut count: impl FnMut() -> Result<T>,
    ) -> Result<()> {
        let mut count = || Ok(count().with_context(|| name.to_owned())?.into());
        match self {
            Report::Count(words)
                if words.is_empty() || words.iter().any(|it| name.contains(it)) =>
            {
                print(name, take(count)?);
            }
            Report::Repeat(wanted) if name == wanted => {
                print(name, take(&mut count)?);
                loop {
                    count()?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// The name, the least of the samples in its three parts, and how many of all samples were as little.
fn print(name: &str, (least, as_little): (Sample, usize)) {
    let Sample {
        with,
        without,
        times,
    } = least;
    println!("{name} {with} {without} {times} {as_little} {COUNTED}");
}
