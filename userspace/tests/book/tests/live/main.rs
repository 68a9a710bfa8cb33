// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tests of the live book in a browser: the server of `cargo lab serve`, with its own guests.
//!
//! # Layout
//!
//! - `server.rs`: the server that most tests share, and servers for one test;
//! - `chromium.rs` and `reader.rs`, of the tests in `browser/`: a browser, and a reader who uses it;
//! - `runs.rs`: recordings run in the page;
//! - `edits.rs`: a changed listing is what runs, and the compiler's errors are at their lines;
//! - `languages.rs`: a page, a run and an exercise in Japanese;
//! - `crashes.rs`: a crash of the kernel is shown, and the next run gets another kernel;
//! - `terminals.rs`: a shell in a guest;
//! - `exercises.rs`: an exercise from start to end;
//! - `restarts.rs`: a reader's work outlives the server, and so does the page;
//! - `workshops.rs`: two seats, and their teacher's view;
//! - `picture.rs`: the picture in the README;
//! - `shown.rs`: requirements for the tools, on a phone and in dark mode.

#[path = "../browser/chromium.rs"]
mod chromium;
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
