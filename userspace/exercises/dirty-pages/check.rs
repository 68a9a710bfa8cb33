// SPDX-License-Identifier: MIT OR Apache-2.0

use std::fmt::Write;

use crate::program::{on_all, shortened};

/// The number of pages in the slot.
const PAGES: u32 = 128;

/// It prints the pages that the guest has written to.
#[test]
fn it_prints_the_pages_that_the_guest_has_written_to() {
    // Below page 64.
    let round = (fastrand::u32(0..20), fastrand::u32(1..20));
    names(
        &[round],
        "Call KVM_GET_DIRTY_LOG. If it fails with ENOENT, the slot has no dirty log.",
    );
}

/// It can print every page of the slot, up to the last.
#[test]
fn it_can_print_every_page_of_the_slot() {
    let rounds = [(64 + fastrand::u32(0..20), fastrand::u32(1..20)), (127, 64)];
    names(
        &rounds,
        "The log has one bit for each of the slot's 128 pages, and a word has 64 bits.",
    );
}

/// Each line has only the pages that the guest has written to since the previous line.
#[test]
fn each_line_has_only_the_pages_written_since_the_previous_line() {
    let round = || (fastrand::u32(0..PAGES), fastrand::u32(1..40));
    names(
        &[round(), round(), (5, 0), round()],
        "Reading the log clears it: read it once after each run of the guest.",
    );
}

/// Runs the program with one line of input for each first page and step, and expects the pages.
fn names(rounds: &[(u32, u32)], look: &str) {
    let mut input = String::new();
    let mut wanted = Vec::new();
    for &(first, step) in rounds {
        writeln!(input, "{first} {step}").expect("a string can be written to");
        let mut pages = [0, 1, 2]
            .map(|steps| (first + steps * step) % PAGES)
            .to_vec();
        pages.sort();
        pages.dedup();
        wanted.push(format!("dirty: {pages:?}"));
    }
    on_all(&input, |ran| {
        ran.succeeds(look);
        let printed: Vec<_> = ran.output.lines().collect();
        assert!(
            printed == wanted,
            "{}{}\nExpected:\n{}\n{look}",
            ran.call,
            ran.said(),
            shortened(&wanted.join("\n")),
        );
    });
}
