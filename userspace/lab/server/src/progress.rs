// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where a seat is in the course.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use lab::disk;
use serde::{Deserialize, Serialize};

/// What is known, as it is kept and as the teacher sees it.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Known {
    /// The chapter that is being read.
    pub chapter: Option<String>,
    /// The exercise that was opened last.
    pub exercise: Option<String>,
    /// The last check.
    pub check: Option<Checked>,
    /// When its browser last asked for something, in seconds since 1970.
    pub seen: u64,
}

/// A check, and what came of it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Checked {
    exercise: String,
    passed: bool,
    /// In seconds since 1970.
    at: u64,
}

/// The progress of one seat, which a file keeps.
pub struct Progress {
    path: PathBuf,
    known: Mutex<Known>,
}

impl Progress {
    /// What this file keeps, if it is there.
    pub fn open(path: &Path) -> Self {
        let known = fs::read(path).ok();
        let known = known.and_then(|text| serde_json::from_slice(&text).ok());
        Progress {
            path: path.to_owned(),
            known: Mutex::new(known.unwrap_or_default()),
        }
    }

    /// What is known.
    pub fn known(&self) -> Known {
        self.locked().clone()
    }

    /// Its browser is there. That alone is not kept: it would be written all the time.
    pub fn see(&self) {
        self.locked().seen = now();
    }

    /// It reads this chapter.
    pub fn read(&self, chapter: &str) {
        self.keep(|known| known.chapter = Some(chapter.to_owned()));
    }

    /// It works on this exercise.
    pub fn work_on(&self, exercise: &str) {
        self.keep(|known| known.exercise = Some(exercise.to_owned()));
    }

    /// It had this exercise checked.
    pub fn check(&self, exercise: &str, passed: bool) {
        self.keep(|known| {
            known.check = Some(Checked {
                exercise: exercise.to_owned(),
                passed,
                at: now(),
            });
        });
    }

    /// What cannot be written now, such as to a full disk, is written with the next change. Nobody has to stop
    /// reading for that.
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
