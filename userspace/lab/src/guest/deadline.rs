// SPDX-License-Identifier: MIT OR Apache-2.0

//! How long to wait for a guest.

use std::time::{Duration, Instant};

/// A limit on how long something may take, and the time when it ends.
#[derive(Clone, Copy)]
pub struct Deadline {
    pub limit: Duration,
    pub at: Option<Instant>,
}

impl Deadline {
    /// Returns the remaining time.
    pub fn left(&self) -> Duration {
        self.at.map_or(Duration::MAX, |at| {
            at.saturating_duration_since(Instant::now())
        })
    }

    /// Sets the deadline `limit` from now; without a limit there is none.
    pub fn after(limit: impl Into<Option<Duration>>) -> Self {
        let limit = limit.into();
        Deadline {
            limit: limit.unwrap_or(Duration::MAX),
            at: limit.and_then(|limit| Instant::now().checked_add(limit)),
        }
    }
}
