// SPDX-License-Identifier: MIT OR Apache-2.0

//! A fuzzer for the descriptors of `/dev/hiboma`: the device, VMs and vCPUs.
//!
//! A program is a list of ops, mostly system calls, and a seed decides it. It runs in a process of
//! its own. There are two modes:
//!
//! - compared: one thread executes the program, once on `/dev/kvm` and once on `/dev/hiboma`. What
//!   each op comes to must be the same on both;
//! - threads: several threads execute their ops at the same time, on `/dev/hiboma`. The kernel must
//!   have nothing to report.
//!
//! # Layout
//!
//! | part | what it is |
//! | --- | --- |
//! | [`ops`] | what a program can do: a file for each kind |
//! | [`value`], [`code`] | numbers, places, descriptors and the guest's code |
//! | [`layout`] | where a program's memory is |
//! | [`program`] | a list of ops, and the same as text |
//! | [`generator`] | random programs |
//! | [`world`], [`execute`] | the descriptors and the memory of a program; its threads |
//! | [`worker`] | a process for each program |
//! | [`outcome`], [`trace`] | what ops came to |
//! | [`compare`], [`known`], [`waiting`] | where two runs part, and the known reasons |
//! | [`session`], [`report`] | many programs, on all CPUs |

pub mod code;
pub mod compare;
pub mod execute;
pub mod generator;
pub mod known;
pub mod layout;
pub mod ops;
pub mod outcome;
pub mod program;
pub mod report;
pub mod session;
pub mod trace;
pub mod value;
pub mod waiting;
pub mod worker;
pub mod world;
