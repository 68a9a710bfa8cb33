// SPDX-License-Identifier: MIT OR Apache-2.0

//! The exercises of `userspace/exercises/`, which are checked by their behaviour in a guest.
//!
//! | file | contents |
//! | --- | --- |
//! | `list.rs` | the list of exercises, in order |
//! | `readme.rs` | the task of an exercise, and its hints |
//! | `mine.rs` | the learner's own copies, which are never lost |
//! | `made.rs` | builds a learner's copy for a guest |
//! | `check.rs` | builds a folder, and runs the checks on it |
//! | `report.rs` | prints the results |

mod check;
mod list;
mod made;
mod mine;
mod readme;
mod report;

use std::path::PathBuf;

use crate::workspace;

pub use check::{CPUS, Check, Ended, LIMIT, Outcome, Report, check, run_all};
pub use list::{Exercise, all, find};
pub use made::made;
pub use mine::{Mine, State};
pub use readme::Readme;
pub use report::print;

/// Returns the folder of all exercises.
pub fn folder() -> PathBuf {
    workspace::root().join("userspace/exercises")
}
