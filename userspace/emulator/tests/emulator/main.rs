// SPDX-License-Identifier: MIT OR Apache-2.0

//! The interpreter, by the chapters of the manual.

mod machine;
mod programs;
