// SPDX-License-Identifier: MIT OR Apache-2.0

//! Random bytes, always the same ones: the fuzz target's hours of work in a second.

use crate::anything::check;

/// Miri is slow.
const CASES: u64 = if cfg!(miri) { 5 } else { 10_000 };

#[test]
fn nothing_is_too_much_for_the_interpreter() {
    for seed in 1..=CASES {
        let bytes: Vec<u8> = Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .take(100)
            .flat_map(u64::to_le_bytes)
            .collect();
        let result = std::panic::catch_unwind(|| check(&bytes));
        assert!(result.is_ok(), "with seed {seed}: {bytes:02x?}");
    }
}

/// Marsaglia's xorshift64.
struct Numbers(u64);

impl Iterator for Numbers {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Some(self.0)
    }
}
