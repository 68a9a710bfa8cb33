// SPDX-License-Identifier: MIT OR Apache-2.0

//! Samples: the same thing, counted many times.

use anyhow::Result;

/// How often it is done before it is counted: the first time maps pages and fills caches.
const WARM_UP: usize = 32;

/// How often it is counted.
pub const COUNTED: usize = 101;

/// The instructions of something that is done `times` times in a system call: those of the system call, less
/// those of one without it.
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

/// Counts it, after it has been done a few times. Returns the lower quartile, and how many samples are as much.
///
/// Some samples are longer than most: a timer interrupt came in between, or a cache had to be filled again. A
/// few are shorter where other threads take part. The lower quartile is neither.
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

/// The count that a quarter of the counts are not above.
fn quartile(counts: impl Iterator<Item = u32>) -> u32 {
    let mut counts: Vec<_> = counts.collect();
    counts.sort_unstable();
    counts[counts.len() / 4]
}
