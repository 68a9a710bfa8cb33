// SPDX-License-Identifier: MIT OR Apache-2.0

//! Samples: the same thing, counted often.

use anyhow::Result;

/// How often it is done before it is counted: the first time maps pages and fills caches.
const WARM_UP: usize = 32;

/// How many times it is counted. Some are longer than the rest, since a timer interrupt came in between.
const COUNTED: usize = 101;

/// Counts of the same thing, from the least to the most.
pub struct Samples(Vec<f64>);

impl Samples {
    /// Counts it, after it has been done a few times.
    pub fn take(mut count: impl FnMut() -> Result<f64>) -> Result<Samples> {
        for _ in 0..WARM_UP {
            count()?;
        }
        let mut counts = (0..COUNTED).map(|_| count()).collect::<Result<Vec<_>>>()?;
        counts.sort_by(f64::total_cmp);
        Ok(Samples(counts))
    }

    /// The one in the middle, which stands for all of them.
    pub fn median(&self) -> f64 {
        self.0[COUNTED / 2]
    }

    /// The least, and the most.
    pub fn range(&self) -> (f64, f64) {
        (self.0[0], self.0[COUNTED - 1])
    }

    /// How many are the same as the median.
    pub fn agreeing(&self) -> usize {
        let median = self.median();
        self.0.iter().filter(|count| **count == median).count()
    }
}
