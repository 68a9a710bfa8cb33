// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tests of the book's pictures.
//!
//! # Layout
//!
//! - `states.rs`: the texts in `book/pictures/`;
//! - `drawn.rs`: each picture is what its text describes;
//! - `placed.rs`: nothing overlaps, and all words can be translated;
//! - `recorded.rs`: the descriptors are those of a recorded run; `run.rs`: such a run.

mod drawn;
mod placed;
mod recorded;
mod run;
mod states;
