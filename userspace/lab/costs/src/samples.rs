// SPDX-License-Identifier: MIT OR Apache-2.0

//! Samples: the same thing, counted many times.

use anyhow::Result;

/// How often it is done before it is counted: the first time maps pages and fills caches.
const WARM_UP: usize = 32;

/// How often it is counted. A few are longer than the rest, since a timer interrupt came in between.
const COUNTED: usize = 101;

/// The instructions of something that is done `times` times in a system call: those of the system call, less
/// those of one without it.
#[derive(Clone, Copy)]
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

impl Sample {
    /// How many instructions it takes.
    pub fn instructions(&self) -> f64 {
        (f64::from(self.with) - f64::from(self.without)) / f64::from(self.times)
    }
}

/// Counts it, after it has been done a few times. Returns the samples from the least to the most.
pub fn take(mut count: impl FnMut() -> Result<Sample>) -> Result<Vec<Sample>> {
    for _ in 0..WARM_UP {
        count()?;
    }
    let samples: Result<Vec<_>> = (0..COUNTED).map(|_| count()).collect();
    let mut samples = samples?;
    samples.sort_by(|a, b| a.instructions().total_cmp(&b.instructions()));
    Ok(samples)
}
