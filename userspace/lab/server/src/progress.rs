// SPDX-License-Identifier: MIT OR Apache-2.0

//! A seat's progress in the course.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use lab::disk;
use serde::{Deserialize, Serialize};

/// The progress, as the file keeps it and the teacher sees it.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Known {
    /// The chapter that the reader reads.
    pub chapter: Option<String>,
    /// The exercise that was opened last.
    pub exercise: Option<String>,
    /// The last check.
    pub check: Option<Checked>,
    /// The time of the browser's last request, in seconds since 1970.
    pub seen: u64,
}

/// A check, and its result.
#[derive(Clone, Serialize, Deserialize)]
pub struct Checked {
    exercise: String,
    passed: bool,
    /// In seconds since 1970.
    at: u64,
}

/// The progress of one seat, kept in a file.
pub struct Progress {
    path: PathBuf,
    known: Mutex<Known>,
}

impl Progress {
    /// Reads the progress from this file, if it exists.
    pub fn open(path: &Path) -> Self {
        let known = fs::read(path).ok();
        let known = known.and_then(|text| serde_json::from_slice(&text).ok());
        Progress {
            path: path.to_owned(),
            known: Mutex::new(known.unwrap_or_default()),
        }
    }

    /// Returns the progress.
    pub fn known(&self) -> Known {
        self.locked().clone()
    }

    /// Records that the browser is active. This alone is not written: it happens all the time.
    pub fn see(&self) {
        self.locked().seen = now();
    }

    /// Records that the seat reads this chapter.
    pub fn read(&self, chapter: &str) {
        self.keep(|known| known.chapter = Some(chapter.to_owned()));
    }

    /// Records that the seat works on this exercise.
    pub fn work_on(&self, exercise: &str) {
        self.keep(|known| known.exercise = Some(exercise.to_owned()));
    }

    /// Records a check of this exercise.
    pub fn check(&self, exercise: &str, passed: bool) {
        self.keep(|known| {
            known.check = Some(Checked {
                exercise: exercise.to_owned(),
                passed,
                at: now(),
            });
        });
    }

    /// Changes the progress and writes it. If that fails, such as on a full
    /// disk, the next change writes it: readers need not stop for that.
    fn keep(&self, change: impl FnOnce(&mut Known)) {
        let mut known = self.locked();
        change(&mut known);
        if let Ok(text) = serde_json::to_string(&*known) {
            let _ = disk::write_if_new(&self.path, &text);
        }
    }

    fn locked(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
