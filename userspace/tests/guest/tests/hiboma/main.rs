// SPDX-License-Identifier: MIT OR Apache-2.0

//! See the crate's own documentation. One file for each concept:

mod compat;
mod count;
mod descriptor;
mod device;
mod exec;
mod limits;
mod module;
mod programs;
