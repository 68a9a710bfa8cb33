// SPDX-License-Identifier: MIT OR Apache-2.0

//! Runs the same guest programs on several machines: `/dev/kvm`, `/dev/hiboma`, and hiboma's
//! interpreter without a kernel; or, in modes that the interpreter does not implement,
//! `/dev/kvm` and `/dev/hiboma-svm`. Everything that is visible from outside must be the same
//! on all: each exit with its data and registers, and all registers and the memory at the end.
//!
//! In real mode, the interpreter runs a program first. This run shows the number of
//! executed instructions, the flags that are undefined at each exit, and any reason
//! why the runs cannot be compared; all such reasons are in [`known`]. In other modes
//! `/dev/kvm` runs first, and nothing is undefined: the same CPU executes both runs.
//!
//! Dice, seeds and half of the shrinker are in the crate `random`.
//!
//! # Layout
//!
//! | part | content |
//! | --- | --- |
//! | [`program`] | a program, as lines that refer to each other |
//! | [`generator`] | random programs: a seed always gives the same one |
//! | [`handmade`], `programs/` | handwritten programs |
//! | [`assembler`], `listing` | the bytes of a program, and its text |
//! | `memory_map`, `memory`, [`handlers`] | the initial memory of every program |
//! | [`mode`], `flat` | the modes, and the memory's content in modes other than real mode |
//! | [`machine`] | the machines: a device with KVM's interface, or the interpreter |
//! | [`run`], [`exit`] | a program's run on a machine |
//! | [`watch`] | information from the interpreter's run |
//! | [`known`] | everything that is not compared, with reasons |
//! | [`difference`] | the difference between two runs |
//! | [`mod@bench`], `touch` | the machines side by side |
//! | `shrink` | reducing a failing program to a minimal one |
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
