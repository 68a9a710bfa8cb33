// SPDX-License-Identifier: MIT OR Apache-2.0

//! Whatever the bytes are: no panic, no step without an end, no access outside the segments, and no
//! trace of an instruction that could not be completed.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/emulator/anything.rs"]
mod anything;

fuzz_target!(|data: &[u8]| anything::check(data));
