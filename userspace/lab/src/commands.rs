// SPDX-License-Identifier: MIT OR Apache-2.0

//! One file a command; each has its arguments and a `main`.

pub mod build;
pub mod doctor;
pub mod setup;
