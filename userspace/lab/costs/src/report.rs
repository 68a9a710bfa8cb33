// SPDX-License-Identifier: MIT OR Apache-2.0

//! What to do with the things that can be counted.

use std::io::stdin;
use std::os::fd::AsFd;

use anyhow::{Context, Result};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::samples::{COUNTED, Sample, take};

/// What to do.
pub enum Report {
    /// Counts the things with one of these words in their names, or all; prints a line for each.
    Count(Vec<String>),
    /// Repeats the thing with this name until standard input ends, so
    /// that QEMU can log its instructions. Prints a line when it begins.
    Repeat(String),
}

impl Report {
    /// Counts or repeats a thing, or skips it. `count` does it once.
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
                take(&mut count)?;
                println!("{name}");
                while !has_ended(stdin())? {
                    count()?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Prints the name, the usual sample in its three parts, and how many of all samples are the same.
fn print(name: &str, (usual, as_much): (Sample, usize)) {
    let Sample {
        with,
        without,
        times,
    } = usual;
    println!("{name} {with} {without} {times} {as_much} {COUNTED}");
}

/// Returns whether the other end of a pipe is closed.
fn has_ended(pipe: impl AsFd) -> nix::Result<bool> {
    let mut ends = [PollFd::new(pipe.as_fd(), PollFlags::empty())];
    Ok(poll(&mut ends, PollTimeout::ZERO)? > 0)
}
