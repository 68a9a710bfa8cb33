// SPDX-License-Identifier: MIT OR Apache-2.0

//! The same guest programs on several machines: `/dev/kvm`, `/dev/hiboma`, and hiboma's interpreter
//! without a kernel; or, in the modes that the interpreter does not have, `/dev/kvm` and
//! `/dev/hiboma-svm`. Whatever a program can tell from the outside must be the same on all: each
//! exit with its data, the registers at it, and all registers and the memory in the end.
//!
//! Of a program in real mode, the interpreter runs first. That tells how many instructions it executes, which flags
//! are undefined when, and whether there is a reason for which its runs cannot be compared; all
//! such reasons are in [`known`]. In the other modes `/dev/kvm` runs first, and nothing is undefined:
//! the same CPU executes both runs.
//!
//! Chance, seeds and half of the shrinker are those of the crate `random`.
//!
//! # Layout
//!
//! | part | what it is |
//! | --- | --- |
//! | [`program`] | a program, as lines that refer to each other |
//! | [`generator`] | random programs: a seed makes the same for ever |
//! | [`handmade`], `programs/` | programs that were written by hand |
//! | [`assembler`], `listing` | from a program to bytes, and to text |
//! | `memory_map`, `memory`, [`handlers`] | what every program finds in memory |
//! | [`mode`], `flat` | the modes, and what there is in memory in those that are not real mode |
//! | [`machine`] | what runs a program: a device that speaks KVM, or the interpreter |
//! | [`run`], [`exit`] | what a machine does with a program |
//! | [`watch`] | what the interpreter's run tells |
//! | [`known`] | what is not compared, and why |
//! | [`difference`] | where two runs part |
//! | [`mod@bench`], `touch` | the machines side by side |
//! | `shrink` | from a program that fails to the least one that does |
//! | [`session`], [`report`], `watchdog` | many programs, on all CPUs |

pub mod assembler;
pub mod bench;
pub mod difference;
pub mod exit;
mod flat;
pub mod generator;
pub mod handlers;
pub mod handmade;
pub mod known;
mod listing;
pub mod machine;
mod memory;
mod memory_map;
pub mod mode;
pub mod program;
pub mod report;
pub mod run;
pub mod session;
mod shrink;
mod touch;
pub mod watch;
mod watchdog;
