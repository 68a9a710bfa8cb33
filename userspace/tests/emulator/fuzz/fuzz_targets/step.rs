// SPDX-License-Identifier: MIT OR Apache-2.0

//! For any bytes: no panic, no endless step, no access outside the
//! segments, and no effect of an instruction that cannot be completed.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/emulator/anything.rs"]
mod anything;

fuzz_target!(|data: &[u8]| anything::check(data));
