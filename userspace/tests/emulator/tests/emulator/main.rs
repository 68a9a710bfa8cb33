// SPDX-License-Identifier: MIT OR Apache-2.0

//! The interpreter, by the chapters of the manual.

mod accesses;
mod anything;
mod arithmetic;
mod bits;
mod control_transfer;
mod data_transfer;
mod interrupts;
mod machine;
mod opcodes;
mod programs;
mod random;
mod strings;
mod system;
mod table;
