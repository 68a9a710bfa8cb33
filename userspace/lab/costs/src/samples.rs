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

/// Counts it, after it has been done a few times. Returns the least of it, and how many samples were as little.
///
/// What is more is no part of it: a timer interrupt came in between, or a cache had to be filled again.
pub fn take(mut count: impl FnMut() -> Result<Sample>) -> Result<(Sample, usize)> {
    for _ in 0..WARM_UP {
        count()?;
    }
    let mut least = count()?;
    let mut samples = vec![least];
    for _ in 1..COUNTED {
        let sample = count()?;
        least.with = least.with.min(sample.with);
        least.without = least.without.min(sample.without);
        samples.push(sample);
    }
    let as_little = samples.iter().filter(|sample| **sample == least).count();
    Ok((least, as_little))
}
