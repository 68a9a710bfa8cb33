// SPDX-License-Identifier: MIT OR Apache-2.0

//! One file for each command, with its arguments and its `main`.

pub mod bench;
pub mod build;
pub mod compare;
pub mod completion;
pub mod debug;
pub mod demo;
pub mod differential;
pub mod doctor;
pub mod exercise;
pub mod exercise_run;
pub mod fuzz;
pub mod kdir;
pub mod ready;
pub mod record;
pub mod run;
pub mod rust_analyzer;
pub mod serve;
pub mod setup;
pub mod shell;
pub mod source;
pub mod test;
pub mod trace;
