// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab run`, as its user sees it: every test boots real guests.

mod capabilities;
mod failures;
mod files;
mod lab;
mod leftovers;
mod limits;
mod own_module;
#[path = "../common/process.rs"]
mod process;
mod processes;
mod snapshots;
mod status;
mod streams;
