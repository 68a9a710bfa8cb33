// SPDX-License-Identifier: MIT OR Apache-2.0

//! Samples: one thing, counted many times.

use anyhow::Result;

/// How often a thing is done before it is counted: the first times map pages and fill caches.
const WARM_UP: usize = 32;

/// How often it is counted.
pub const COUNTED: usize = 101;

/// The instructions of a thing that a system call does `times` times:
/// those of the system call, less those of a system call without it.
#[derive(Clone, Copy, PartialEq)]
pub struct Sample {
    pub with: u32,
    pub without: u32,
    pub times: u32,
}

/// A system call that is counted as a whole.
impl From<u32> for Sample {
    fn from(instructions: u32) -> Sample {
        Sample {
            with: instructions,
            without: 0,
            times: 1,
        }
    }
}

/// Warms up, then counts. Returns the lower quartile, and how many samples are equal to it.
///
/// Some samples are longer than most: a timer interrupt came in between, or a cache had to be refilled. A few
/// are shorter, if other threads take part. The lower quartile is neither.
pub fn take(mut count: impl FnMut() -> Result<Sample>) -> Result<(Sample, usize)> {
    for _ in 0..WARM_UP {
        count()?;
    }
    let samples: Result<Vec<_>> = (0..COUNTED).map(|_| count()).collect();
    let samples = samples?;
    let usual = Sample {
        with: quartile(samples.iter().map(|sample| sample.with)),
        without: quartile(samples.iter().map(|sample| sample.without)),
        times: samples[0].times,
    };
    let as_much = samples.iter().filter(|sample| **sample == usual).count();
    Ok((usual, as_much))
}

/// Returns the lower quartile.
fn quartile(counts: impl Iterator<Item = u32>) -> u32 {
    let mut counts: Vec<_> = counts.collect();
    counts.sort_unstable();
    counts[counts.len() / 4]
}
