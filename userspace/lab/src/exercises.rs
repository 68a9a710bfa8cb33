// SPDX-License-Identifier: MIT OR Apache-2.0

//! The exercises of `userspace/exercises/`, graded by what they do in a guest.
//!
//! | file | what it is about |
//! | --- | --- |
//! | `list.rs` | which exercises there are, and in what order |
//! | `readme.rs` | what an exercise asks for, and its hints |
//! | `mine.rs` | the learner's own copies, none of which is ever lost |
//! | `made.rs` | what they have made so far, for a guest |
//! | `check.rs` | from a folder to what its checks say |
//! | `report.rs` | the same, for people |

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

/// The folder of all exercises.
pub fn folder() -> PathBuf {
    workspace::root().join("userspace/exercises")
}
