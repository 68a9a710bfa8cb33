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
        "/proc/self/fd calls the descriptor {name}. Its name is what `getfd` is given first."
    );
}

/// EXERCISE_NEXT on the descriptor returns 1, 2, 3.
#[test]
fn the_descriptor_counts() {
    let exercise = Exercise::load();
    let counter = exercise.make("EXERCISE_OPEN", OPEN);
    for count in 1..4 {
        expect(
            &format!("EXERCISE_NEXT ({NEXT:#x}), asked {count} times in all,"),
            raw::ioctl(&counter, NEXT, 0),
            Ok(count),
            "The number of the ioctl is the descriptor's, so it belongs into `AnonInodeFile`.",
        );
    }
}

/// Each descriptor has a count of its own.
#[test]
fn each_descriptor_has_its_own_count() {
    let exercise = Exercise::load();
    let first = exercise.make("EXERCISE_OPEN", OPEN);
    assert!(raw::ioctl(&first, NEXT, 0).is_ok(), "EXERCISE_NEXT fails");
    let second = exercise.make("EXERCISE_OPEN", OPEN);
    expect(
        "EXERCISE_NEXT, asked of a second descriptor for the first time,",
        raw::ioctl(&second, NEXT, 0),
        Ok(1),
        "A counter is the private data of one file, and no `static`.",
    );
}

/// The descriptor is O_RDWR and close-on-exec.
#[test]
fn it_can_be_read_and_written_and_closes_on_exec() {
    let exercise = Exercise::load();
    let counter = exercise.make("EXERCISE_OPEN", OPEN);
    let file = fcntl(&counter, FcntlArg::F_GETFL).map(OFlag::from_bits_retain);
    let file = file.expect("F_GETFL cannot fail");
    assert!(
        file == OFlag::O_RDWR,
        "F_GETFL answers {}, and should answer O_RDWR: see the flags for `getfd`.",
        flags(file.iter_names())
    );
    let number = fcntl(&counter, FcntlArg::F_GETFD).map(FdFlag::from_bits_retain);
    let number = number.expect("F_GETFD cannot fail");
    assert!(
        number == FdFlag::FD_CLOEXEC,
        "F_GETFD answers {}, and should answer FD_CLOEXEC: see the flags for `getfd`.",
        flags(number.iter_names())
    );
}

/// The descriptor fails with ENOTTY for every other number.
#[test]
fn what_else_is_asked_of_it_is_enotty() {
    let exercise = Exercise::load();
    let counter = exercise.make("EXERCISE_OPEN", OPEN);
    for (what, number) in [
        ("EXERCISE_OPEN, which is the device's,", OPEN),
        ("0x7777, which nobody has,", 0x7777),
    ] {
        expect(
            what,
            raw::ioctl(&counter, number, 0),
            Err(Errno::ENOTTY),
            "The device says EINVAL to what it does not know, as KVM's does, the descriptor ENOTTY.",
        );
    }
}

/// When the descriptor is closed, the module has no reference left.
#[test]
fn when_all_is_closed_nothing_is_left() {
    let exercise = Exercise::load();
    let before = exercise.references();
    let counter = exercise.make("EXERCISE_OPEN", OPEN);
    drop(counter.try_clone());
    drop(counter);
    let after = exercise.references();
    assert!(
        after == before,
        "the module had {before} references before a descriptor was made, and has {after} after it \
         was closed."
    );
}
