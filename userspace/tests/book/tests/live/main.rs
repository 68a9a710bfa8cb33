// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tests of the live book in a browser: the server that `cargo lab serve` starts, with guests of its own.
//!
//! # Layout
//!
//! - `server.rs`: a server for one test;
//! - `reader.rs`, of the tests in `browser/`: a browser that reads the book;
//! - `runs.rs`: what is recorded runs in the page;
//! - `edits.rs`: a listing that was changed is what runs, and the compiler's errors are at their lines;
//! - `languages.rs`: a page, a run and an exercise in Japanese;
//! - `crashes.rs`: a kernel that crashes is shown, and the next run has another;
//! - `terminals.rs`: a shell in a guest;
//! - `exercises.rs`: an exercise from its start to its end;
//! - `restarts.rs`: what a reader has written outlives the server, and so does the page;
//! - `workshops.rs`: two seats, and the teacher, who sees them;
//! - `picture.rs`: the picture in the README;
//! - `shown.rs`: what the tools must be like, on a phone and in the dark.

mod crashes;
mod edits;
mod exercises;
mod languages;
mod picture;
#[path = "../browser/reader.rs"]
#[expect(dead_code, reason = "these tests print nothing, and read with scripts")]
mod reader;
mod restarts;
mod runs;
mod server;
mod shown;
mod terminals;
mod workshops;
