// SPDX-License-Identifier: MIT OR Apache-2.0

//! See the crate's own documentation. One file for each concept:

mod mmap;
mod poll;
mod private_data;
