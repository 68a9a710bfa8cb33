// SPDX-License-Identifier: MIT OR Apache-2.0

//! The interpreter of hiboma.ko for userspace, and what only its tests need.

#[path = "../../../../module/emulator/mod.rs"]
mod emulator;
mod undefined_flags;

pub use emulator::*;
