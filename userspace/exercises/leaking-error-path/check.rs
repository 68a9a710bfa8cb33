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
    let asked = format!("EXERCISE_LIVE, {when},");
    expect(&asked, raw::ioctl(device, LIVE, 0), Ok(wanted), look);
}

/// A ticket is freed when its descriptor is closed.
#[test]
fn a_ticket_lives_as_long_as_its_descriptor() {
    let device = Exercise::load().open();
    let look = "That was right at the beginning: `ticket_release` frees the ticket, nobody else.";
    let [first, second] = [(); 2].map(|()| made_by(&device, "EXERCISE_OPEN", OPEN));
    expect_live("with two tickets", &device, 2, look);
    let numbers = [&first, &second].map(|ticket| raw::ioctl(ticket, NUMBER, 0).ok());
    assert!(
        numbers[0].is_some() && numbers[0] < numbers[1],
        "each ticket should have a higher number than the last, and TICKET_NUMBER answers {}.",
        numbers
            .map(|it| it.map_or("an error".to_owned(), |it| it.to_string()))
            .join(", ")
    );
    drop(first);
    expect_live("with one of two tickets closed", &device, 1, look);
    drop(second);
    expect_live("with both tickets closed", &device, 0, look);
}

/// If there is no free descriptor number, no ticket is left behind.
#[test]
fn without_a_free_number_no_ticket_is_left() {
    let device = Exercise::load().open();
    in_child(|| {
        let free = lowest_free(&device);
        let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("there is a limit");
        setrlimit(Resource::RLIMIT_NOFILE, free as u64, hard).expect("it can be lowered");
        for _ in 0..10 {
            expect(
                "EXERCISE_OPEN, where the program has as many descriptors as it may have,",
                raw::ioctl(&device, OPEN, 0),
                Err(Errno::EMFILE),
                "What failed first is what the program is to be told.",
            );
        }
    });
    let look = "10 times there was no number. Nobody can ever close a ticket without a descriptor.";
    expect_live("after EXERCISE_OPEN has failed 10 times", &device, 0, look);
}

/// If no file can be created, no ticket is left behind.
#[test]
fn without_a_file_no_ticket_is_left() {
    let device = Exercise::load().open();
    let reached = FileMax::reached();
    in_child(|| without_a_file(&device, || {}));
    drop(reached);
    let look = "10 times there was no file. Who frees a ticket that no file owns?";
    expect_live("after EXERCISE_OPEN has failed 10 times", &device, 0, look);
}

/// If no file can be created, its descriptor number is free again.
#[test]
fn without_a_file_no_number_is_left() {
    let device = Exercise::load().open();
    let _reached = FileMax::reached();
    in_child(|| {
        let free = lowest_free(&device);
        without_a_file(&device, || {
            let next = lowest_free(&device);
            assert!(
                next == free,
                "after an EXERCISE_OPEN that found no file, the next free descriptor is {next}, and \
                 not {free} as before.\nThe number is still reserved, and nothing will ever use it."
            );
        });
    });
}

/// Requests tickets as a user to whom the system's limit of open files applies.
fn without_a_file(device: &File, after_each: impl Fn()) {
    setuid(Uid::from_raw(65534)).expect("root may become anybody");
    for _ in 0..10 {
        expect(
            "EXERCISE_OPEN, where the system has as many open files as it may have,",
            raw::ioctl(device, OPEN, 0),
            Err(Errno::ENFILE),
            "What failed first is what the program is to be told.",
        );
        after_each();
    }
}
