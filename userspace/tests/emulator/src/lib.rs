// SPDX-License-Identifier: MIT OR Apache-2.0

//! The interpreter of hiboma.ko in userspace, and code that only its tests need.

#[path = "../../../../module/emulator/mod.rs"]
mod emulator;
mod undefined_flags;

pub use emulator::*;
