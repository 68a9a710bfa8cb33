// SPDX-License-Identifier: MIT OR Apache-2.0

//! The interpreter, by the chapters of the manual.

mod arithmetic;
mod bits;
mod data_transfer;
mod machine;
mod opcodes;
mod programs;
mod table;
