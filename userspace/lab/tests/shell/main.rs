// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab shell` on a terminal, and without one.

mod ends;
#[path = "../common/process.rs"]
mod process;
mod programs;
mod size;
mod terminal;
