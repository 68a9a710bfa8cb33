// SPDX-License-Identifier: MIT OR Apache-2.0

use guest_tests::raw;
use nix::errno::Errno;
use nix::request_code_none;

use crate::answer::expect;
use crate::module::{EXERCISE_IO, Exercise, made_by};

const OPEN: u64 = request_code_none!(EXERCISE_IO, 0x03);
const NEXT: u64 = request_code_none!(EXERCISE_IO, 0x10);

/// `rmmod` fails while the device is open.
#[test]
fn rmmod_is_refused_while_the_device_is_open() {
    let exercise = Exercise::load();
    let _device = exercise.open();
    expect(
        "With the device open, rmmod",
        exercise.unload().map(|()| 0),
        Err(Errno::EWOULDBLOCK),
        "This worked before your changes: the device's `file_operations` name the module. \
         (EAGAIN and EWOULDBLOCK are the same errno.)",
    );
}

// If `rmmod` succeeds, `drop` closes a file whose operations are gone.
/// `rmmod` fails while a counter is open.
#[test]
fn rmmod_is_refused_while_a_counter_is_open() {
    let exercise = Exercise::load();
    let counter = exercise.make("EXERCISE_OPEN", OPEN);
    let unloaded = exercise.unload();
    drop(counter);
    expect(
        "With a counter open and the device closed, rmmod",
        unloaded.map(|()| 0),
        Err(Errno::EWOULDBLOCK),
        "The counter's open file still needs the module. \
         (EAGAIN and EWOULDBLOCK are the same errno.)",
    );
}

/// The counter still counts after `rmmod` has failed.
#[test]
fn the_counter_still_counts_after_a_failed_rmmod() {
    let exercise = Exercise::load();
    let counter = exercise.make("EXERCISE_OPEN", OPEN);
    for count in 1..4 {
        let refused = exercise.unload().is_err();
        assert!(refused, "rmmod succeeded while a counter was open.");
        expect(
            "EXERCISE_NEXT after a failed rmmod",
            raw::ioctl(&counter, NEXT, 0),
            Ok(count),
            "The counter counts up from 1.",
        );
    }
}

/// Each open file holds one reference to the module.
#[test]
fn each_open_file_is_one_reference() {
    let exercise = Exercise::load();
    let device = exercise.open();
    let mut files = Vec::new();
    for counters in 0..3 {
        let references = exercise.references();
        assert!(
            references == 1 + counters,
            "With the device and {counters} of its counters open, the module has a reference count \
             of {references}; expected {}, one for each open file.",
            1 + counters
        );
        files.push(made_by(&device, "EXERCISE_OPEN", OPEN));
    }
}

/// `rmmod` succeeds when everything is closed.
#[test]
fn rmmod_succeeds_when_everything_is_closed() {
    let exercise = Exercise::load();
    drop(exercise.make("EXERCISE_OPEN", OPEN));
    expect(
        "With the device and the counter closed, rmmod",
        exercise.unload().map(|()| 0),
        Ok(0),
        "Drop every reference that you take. `anon_inode_getfd` takes one, and `close` drops it.",
    );
}
