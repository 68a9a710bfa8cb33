// SPDX-License-Identifier: MIT OR Apache-2.0

//! Problems that the debug kernel has detected since its boot without a panic.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

/// Starts a scan of kmemleak, and shows its results.
const KMEMLEAK: &str = "/sys/kernel/debug/kmemleak";

/// kmemleak reports only objects that are older than this.
const AGE: Duration = Duration::from_secs(6);

/// Lockdep reports only its first finding, and then stops checking.
#[test]
fn lockdep_has_found_nothing() {
    let stats = read("/proc/lockdep_stats");
    let line = stats.lines().find(|line| line.contains("debug_locks:"));
    let value = line.and_then(|line| line.split_whitespace().last());
    assert_eq!(value, Some("1"), "lockdep's report is in `dmesg`");
}

#[test]
fn kmemleak_has_found_nothing() {
    sleep(AGE);
    // The second scan finds objects that only a register or a moving list referred to in the first.
    for _ in 0..2 {
        fs::write(KMEMLEAK, "scan").unwrap_or_else(|error| panic!("{KMEMLEAK}: {error}"));
    }
    let found = read(KMEMLEAK);
    assert!(found.is_empty(), "{found}");
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| {
        panic!("{path}: {error}; this is for the debug kernel: `cargo lab test --kernel debug`")
    })
}
