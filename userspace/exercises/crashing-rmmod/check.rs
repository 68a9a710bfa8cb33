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
        "rmmod, while the device is open,",
        exercise.unload().map(|()| 0),
        Err(Errno::EWOULDBLOCK),
        "It was at the beginning: the device's table names its module.",
    );
}

// If `rmmod` succeeds, the last line closes a file whose operations are gone.
/// `rmmod` fails while a counter is open.
#[test]
fn rmmod_is_refused_while_a_counter_is_open() {
    let exercise = Exercise::load();
    let counter = exercise.make("EXERCISE_OPEN", OPEN);
    let unloaded = exercise.unload();
    drop(counter);
    expect(
        "rmmod, while a counter is open and the device is not,",
        unloaded.map(|()| 0),
        Err(Errno::EWOULDBLOCK),
        "The counter's file needs the module.",
    );
}

/// The counter still counts after `rmmod` was refused.
#[test]
fn the_counter_counts_on() {
    let exercise = Exercise::load();
    let counter = exercise.make("EXERCISE_OPEN", OPEN);
    for count in 1..4 {
        let refused = exercise.unload().is_err();
        assert!(refused, "rmmod succeeds while a counter is open.");
        expect(
            "EXERCISE_NEXT after an rmmod that was refused",
            raw::ioctl(&counter, NEXT, 0),
            Ok(count),
            "It counts up from 1.",
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
            "with the device and {counters} counters open, the module has {references} references, \
             and is to have one for each open file."
        );
        files.push(made_by(&device, "EXERCISE_OPEN", OPEN));
    }
}

/// `rmmod` succeeds when everything is closed.
#[test]
fn rmmod_succeeds_when_all_is_closed() {
    let exercise = Exercise::load();
    drop(exercise.make("EXERCISE_OPEN", OPEN));
    expect(
        "rmmod, when the counter is closed,",
        exercise.unload().map(|()| 0),
        Ok(0),
        "What takes a reference must put it as well: `anon_inode_getfd` and `close` do both.",
    );
}
