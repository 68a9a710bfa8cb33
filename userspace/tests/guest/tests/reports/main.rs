// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the debug kernel has noticed since its boot. Much of it makes a panic; this is the rest.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

/// Where kmemleak is asked for a scan, and says what it has found.
const KMEMLEAK: &str = "/sys/kernel/debug/kmemleak";

/// It takes nothing for lost that is younger.
const AGE: Duration = Duration::from_secs(6);

/// Lockdep says what it has found once, and then checks no more.
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
    // What only a register or a moving list held during one scan, the next one finds.
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
