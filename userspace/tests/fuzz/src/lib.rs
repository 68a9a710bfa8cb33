// SPDX-License-Identifier: MIT OR Apache-2.0

//! A fuzzer for the descriptors of `/dev/hiboma`: the device, VMs and vCPUs.
//!
//! A program is a list of ops, mostly system calls, and is determined
//! by a seed. It runs in its own process. There are two modes:
//!
//! - compared: one thread executes the program, once on `/dev/kvm` and
//!   once on `/dev/hiboma`. Each op must have the same outcome on both;
//! - threads: several threads execute their ops at the same
//!   time, on `/dev/hiboma`. The kernel must report no problem.
//!
//! # Layout
//!
//! | part | content |
//! | --- | --- |
//! | [`ops`] | the operations of a program: a file for each kind |
//! | [`value`], [`code`] | numbers, places, descriptors and the guest's code |
//! | [`layout`] | the layout of a program's memory |
//! | [`program`] | a list of ops, and its text form |
//! | [`generator`] | random programs |
//! | [`world`], [`execute`] | the descriptors and the memory of a program; its threads |
//! | [`worker`] | a process for each program |
//! | [`outcome`], [`trace`] | the outcomes of ops |
//! | [`compare`], [`known`], [`waiting`] | differences between two runs, and known reasons |
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
