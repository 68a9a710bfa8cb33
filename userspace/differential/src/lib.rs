// SPDX-License-Identifier: MIT OR Apache-2.0

//! Differential runs.

pub mod assembler;
pub mod bench;
mod dice;
pub mod difference;
pub mod exit;
pub mod generator;
pub mod handlers;
pub mod handmade;
pub mod known;
mod listing;
pub mod machine;
mod memory;
mod memory_map;
pub mod program;
pub mod report;
pub mod run;
pub mod session;
mod shrink;
mod touch;
pub mod watch;
mod watchdog;
