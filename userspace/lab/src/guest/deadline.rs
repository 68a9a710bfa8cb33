// SPDX-License-Identifier: MIT OR Apache-2.0

//! How long to wait for a guest.

use std::time::{Duration, Instant};

/// A limit on how long something may take, and when that is over.
#[derive(Clone, Copy)]
pub struct Deadline {
    pub limit: Duration,
    pub at: Option<Instant>,
}

impl Deadline {
    /// How long there is still to wait.
    pub fn left(&self) -> Duration {
        self.at.map_or(Duration::MAX, |at| {
            at.saturating_duration_since(Instant::now())
        })
    }

    /// From now on; without a limit, never.
    pub fn after(limit: impl Into<Option<Duration>>) -> Self {
        let limit = limit.into();
        Deadline {
            limit: limit.unwrap_or(Duration::MAX),
            at: limit.and_then(|limit| Instant::now().checked_add(limit)),
        }
    }
}
