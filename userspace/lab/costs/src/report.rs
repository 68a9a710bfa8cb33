// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is printed.

use anyhow::{Context, Result};

use crate::samples::Samples;

/// Counts what is asked for, and prints it.
pub struct Report {
    words: Vec<String>,
}

impl Report {
    /// A report of all whose name has one of these words in it; without words, of everything.
    pub fn of(words: Vec<String>) -> Report {
        Report { words }
    }

    /// Counts one thing, if it is asked for, and prints a line.
    pub fn count<T: Into<f64>>(
        &self,
        name: &str,
        mut count: impl FnMut() -> Result<T>,
    ) -> Result<()> {
        if !self.words.is_empty() && !self.words.iter().any(|word| name.contains(word)) {
            return Ok(());
        }
        let samples = Samples::take(|| Ok(count()?.into())).with_context(|| name.to_owned())?;
        let (least, most) = samples.range();
        println!(
            "{name} {:.2} {least:.2} {most:.2} {}",
            samples.median(),
            samples.agreeing()
        );
        Ok(())
    }
}
