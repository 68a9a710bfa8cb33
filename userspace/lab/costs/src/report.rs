// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is done with the things that can be counted.

use anyhow::{Context, Result};

use crate::samples::Samples;

/// What is done.
pub enum Report {
    /// Counts each that has one of these words in its name, or without words each, and prints a line.
    Count(Vec<String>),
    /// Counts the one with this name, and then does it for ever, so that QEMU can log its instructions.
    Repeat(String),
}

impl Report {
    /// Something that can be counted. `count` does it once and returns its instructions.
    pub fn count<T: Into<f64>>(
        &self,
        name: &str,
        mut count: impl FnMut() -> Result<T>,
    ) -> Result<()> {
        match self {
            Report::Count(words)
                if words.is_empty() || words.iter().any(|it| name.contains(it)) =>
            {
                let samples = Samples::take(|| Ok(count()?.into()));
                print(name, &samples.with_context(|| name.to_owned())?);
            }
            Report::Repeat(wanted) if name == wanted => {
                print(name, &Samples::take(|| Ok(count()?.into()))?);
                loop {
                    count()?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn print(name: &str, samples: &Samples) {
    let (least, most) = samples.range();
    println!(
        "{name} {:.2} {least:.2} {most:.2} {}",
        samples.median(),
        samples.agreeing()
    );
}
