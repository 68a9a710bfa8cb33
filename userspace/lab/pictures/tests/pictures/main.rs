// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tests of the book's pictures.
//!
//! # Layout
//!
//! - `states.rs`: the texts in `book/pictures/`;
//! - `drawn.rs`: each picture is what its text makes;
//! - `placed.rs`: nothing covers anything else, and all words can be said in another language;
//! - `recorded.rs`: the descriptors are those that a recorded run had; `run.rs`: such a run.

mod drawn;
mod placed;
mod recorded;
mod run;
mod states;
