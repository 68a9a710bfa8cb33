// SPDX-License-Identifier: MIT OR Apache-2.0

use std::fs::File;

use guest_tests::{FileMax, in_child, lowest_free, raw};
use nix::errno::Errno;
use nix::request_code_none;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::unistd::{Uid, setuid};

use crate::answer::expect;
use crate::module::{EXERCISE_IO, Exercise, made_by};

const OPEN: u64 = request_code_none!(EXERCISE_IO, 0x03);
const LIVE: u64 = request_code_none!(EXERCISE_IO, 0x04);
const NUMBER: u64 = request_code_none!(EXERCISE_IO, 0x10);

fn expect_live(when: &str, device: &File, wanted: i32, look: &str) {
    let asked = format!("{when}, EXERCISE_LIVE");
    expect(&asked, raw::ioctl(device, LIVE, 0), Ok(wanted), look);
}

/// A ticket is freed when its descriptor is closed.
#[test]
fn a_ticket_lives_as_long_as_its_descriptor() {
    let device = Exercise::load().open();
    let look =
        "This worked before your changes: only `ticket_release` frees a ticket that has a file.";
    let [first, second] = [(); 2].map(|()| made_by(&device, "EXERCISE_OPEN", OPEN));
    expect_live("With two tickets open", &device, 2, look);
    let numbers = [&first, &second].map(|ticket| raw::ioctl(ticket, NUMBER, 0).ok());
    assert!(
        numbers[0].is_some() && numbers[0] < numbers[1],
        "EXERCISE_NUMBER returned {} for two tickets; expected a higher number for the second.",
        numbers
            .map(|it| it.map_or("an error".to_owned(), |it| it.to_string()))
            .join(" and ")
    );
    drop(first);
    expect_live("With one of two tickets closed", &device, 1, look);
    drop(second);
    expect_live("With both tickets closed", &device, 0, look);
}

/// If there is no free descriptor, no ticket leaks.
#[test]
fn without_a_free_descriptor_no_ticket_leaks() {
    let device = Exercise::load().open();
    in_child(|| {
        let free = lowest_free(&device);
        let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("there is a limit");
        setrlimit(Resource::RLIMIT_NOFILE, free as u64, hard).expect("it can be lowered");
        for _ in 0..10 {
            expect(
                "When the process has no free descriptor, EXERCISE_OPEN",
                raw::ioctl(&device, OPEN, 0),
                Err(Errno::EMFILE),
                "Return the errno of the call that failed.",
            );
        }
    });
    let look = "Each call failed because no descriptor was free. Nobody can close such a ticket.";
    expect_live("After EXERCISE_OPEN failed 10 times", &device, 0, look);
}

/// If no file can be created, no ticket leaks.
#[test]
fn without_a_file_no_ticket_leaks() {
    let device = Exercise::load().open();
    let reached = FileMax::reached();
    in_child(|| without_a_file(&device, || {}));
    drop(reached);
    let look = "Each call failed to create the file. Who frees a ticket that no file owns?";
    expect_live("After EXERCISE_OPEN failed 10 times", &device, 0, look);
}

/// If no file can be created, no descriptor leaks.
#[test]
fn without_a_file_no_descriptor_leaks() {
    let device = Exercise::load().open();
    let _reached = FileMax::reached();
    in_child(|| {
        let free = lowest_free(&device);
        without_a_file(&device, || {
            let next = lowest_free(&device);
            assert!(
                next == free,
                "After EXERCISE_OPEN failed, the lowest free descriptor is {next}; expected \
                 {free}, as before.\n\
                 The descriptor is still reserved, and nothing will ever use it."
            );
        });
    });
}

/// Calls EXERCISE_OPEN as a user to whom the system's limit of open files applies.
fn without_a_file(device: &File, after_each: impl Fn()) {
    setuid(Uid::from_raw(65534)).expect("root may become anybody");
    for _ in 0..10 {
        expect(
            "When the system can open no more files, EXERCISE_OPEN",
            raw::ioctl(device, OPEN, 0),
            Err(Errno::ENFILE),
            "Return the errno of the call that failed.",
        );
        after_each();
    }
}
