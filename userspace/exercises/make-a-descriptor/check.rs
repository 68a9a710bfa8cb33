// SPDX-License-Identifier: MIT OR Apache-2.0

use guest_tests::raw;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl};
use nix::request_code_none;

use crate::answer::{expect, flags};
use crate::module::{EXERCISE_IO, Exercise, name_of};

const OPEN: u64 = request_code_none!(EXERCISE_IO, 0x03);
const NEXT: u64 = request_code_none!(EXERCISE_IO, 0x10);

/// EXERCISE_OPEN returns a new descriptor with the right name.
#[test]
fn the_device_hands_out_a_descriptor() {
    let exercise = Exercise::load();
    let counter = exercise.make("EXERCISE_OPEN", OPEN);
    let name = name_of(&counter);
    assert!(
        name == "anon_inode:exercise-counter",
        "/proc/self/fd shows the descriptor as {name}; expected anon_inode:exercise-counter.\n\
         The name is the first argument of `getfd`."
    );
}

/// EXERCISE_NEXT on the descriptor returns 1, 2, 3.
#[test]
fn the_descriptor_counts() {
    let exercise = Exercise::load();
    let counter = exercise.make("EXERCISE_OPEN", OPEN);
    for count in 1..4 {
        expect(
            &format!("Call {count} of EXERCISE_NEXT ({NEXT:#x})"),
            raw::ioctl(&counter, NEXT, 0),
            Ok(count),
            "This is an ioctl of the descriptor: handle it in your `AnonInodeFile`.",
        );
    }
}

/// Each descriptor has a count of its own.
#[test]
fn each_descriptor_has_its_own_count() {
    let exercise = Exercise::load();
    let first = exercise.make("EXERCISE_OPEN", OPEN);
    assert!(raw::ioctl(&first, NEXT, 0).is_ok(), "EXERCISE_NEXT failed.");
    let second = exercise.make("EXERCISE_OPEN", OPEN);
    expect(
        "The first EXERCISE_NEXT on a second descriptor",
        raw::ioctl(&second, NEXT, 0),
        Ok(1),
        "The count belongs in the private data of each file, not in a `static`.",
    );
}

/// The descriptor is O_RDWR and close-on-exec.
#[test]
fn the_descriptor_is_o_rdwr_and_close_on_exec() {
    let exercise = Exercise::load();
    let counter = exercise.make("EXERCISE_OPEN", OPEN);
    let file = fcntl(&counter, FcntlArg::F_GETFL).map(OFlag::from_bits_retain);
    let file = file.expect("F_GETFL cannot fail");
    assert!(
        file == OFlag::O_RDWR,
        "F_GETFL returned {}; expected O_RDWR.\nLook at the flags for `getfd`.",
        flags(file.iter_names())
    );
    let number = fcntl(&counter, FcntlArg::F_GETFD).map(FdFlag::from_bits_retain);
    let number = number.expect("F_GETFD cannot fail");
    assert!(
        number == FdFlag::FD_CLOEXEC,
        "F_GETFD returned {}; expected FD_CLOEXEC.\nLook at the flags for `getfd`.",
        flags(number.iter_names())
    );
}

/// The descriptor fails with ENOTTY for every other number.
#[test]
fn other_numbers_fail_with_enotty() {
    let exercise = Exercise::load();
    let counter = exercise.make("EXERCISE_OPEN", OPEN);
    for (what, number) in [
        ("EXERCISE_OPEN, called on the descriptor,", OPEN),
        (
            "The unknown number 0x7777, called on the descriptor,",
            0x7777,
        ),
    ] {
        expect(
            what,
            raw::ioctl(&counter, number, 0),
            Err(Errno::ENOTTY),
            "For an unknown number, the device returns EINVAL, but the descriptor returns ENOTTY.",
        );
    }
}

/// When the descriptor is closed, the module has no reference left.
#[test]
fn a_closed_descriptor_leaves_no_reference() {
    let exercise = Exercise::load();
    let before = exercise.references();
    let counter = exercise.make("EXERCISE_OPEN", OPEN);
    drop(counter.try_clone());
    drop(counter);
    let after = exercise.references();
    assert!(
        after == before,
        "After the descriptor was closed, the module has a reference count of {after}; expected \
         {before}, as before EXERCISE_OPEN."
    );
}
