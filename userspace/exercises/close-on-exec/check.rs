// SPDX-License-Identifier: MIT OR Apache-2.0

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::process::Command;

use guest_tests::raw;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::request_code_none;

use crate::answer::expect;
use crate::module::{DEVICE, EXERCISE_IO, Exercise, made_by};

const OPEN: u64 = request_code_none!(EXERCISE_IO, 0x03);
const ADD: u64 = request_code_none!(EXERCISE_IO, 0x10);
const GET: u64 = request_code_none!(EXERCISE_IO, 0x11);

/// Creates a counter, with the device opened for reading, for writing, or for both.
fn counter(_exercise: &Exercise, read: bool, write: bool) -> OwnedFd {
    let device = File::options().read(read).write(write).open(DEVICE);
    let device = device.unwrap_or_else(|error| panic!("{DEVICE} cannot be opened: {error}"));
    made_by(device, "EXERCISE_OPEN", OPEN)
}

/// A counter still counts from 1 on.
#[test]
fn a_counter_counts_as_before() {
    let exercise = Exercise::load();
    let counter = counter(&exercise, true, true);
    for (name, number, argument, answer) in [
        ("EXERCISE_ADD of 40", ADD, 40, 0),
        ("EXERCISE_ADD of 2", ADD, 2, 0),
        ("EXERCISE_GET after that", GET, 0, 42),
    ] {
        let look = "It did so at the beginning.";
        expect(
            name,
            raw::ioctl(&counter, number, argument),
            Ok(answer),
            look,
        );
    }
}

/// A program that is executed does not inherit the counter.
#[test]
fn a_program_that_is_executed_has_it_no_more() {
    let exercise = Exercise::load();
    let _counter = counter(&exercise, true, true);
    let list = Command::new("/bin/ls")
        .args(["-l", "/proc/self/fd"])
        .output();
    let list = list.expect("the guest has ls");
    let list = String::from_utf8_lossy(&list.stdout);
    assert!(
        !list.contains("exercise-counter"),
        "`ls -l /proc/self/fd`, executed by the owner of a counter, has it as well:\n{list}\
         A flag of the descriptor would have closed it."
    );
}

/// The counter has the access mode that the device was opened with.
#[test]
fn it_is_opened_as_the_device_was() {
    let exercise = Exercise::load();
    for (read, write, mode, name) in [
        (true, false, OFlag::O_RDONLY, "O_RDONLY"),
        (false, true, OFlag::O_WRONLY, "O_WRONLY"),
        (true, true, OFlag::O_RDWR, "O_RDWR"),
    ] {
        let counter = counter(&exercise, read, write);
        let is = fcntl(&counter, FcntlArg::F_GETFL).map(OFlag::from_bits_retain);
        let is = is.expect("F_GETFL cannot fail") & OFlag::O_ACCMODE;
        let is_name = match is {
            OFlag::O_RDONLY => "O_RDONLY",
            OFlag::O_WRONLY => "O_WRONLY",
            _ => "O_RDWR",
        };
        assert!(
            is == mode,
            "The device was opened {name}, and the counter is {is_name}.\n\
             The access mode is among the flags for `getfd`."
        );
    }
}

/// A counter that was opened for reading only refuses to add.
#[test]
fn who_may_only_read_adds_nothing() {
    let exercise = Exercise::load();
    let counter = counter(&exercise, true, false);
    expect(
        "EXERCISE_ADD of 7, asked of an O_RDONLY descriptor,",
        raw::ioctl(&counter, ADD, 7),
        Err(Errno::EBADF),
        "The kernel does not look at the access mode for an ioctl: `ioctl` has to.",
    );
    expect(
        "EXERCISE_GET after that",
        raw::ioctl(counter.as_fd(), GET, 0),
        Ok(0),
        "Who may only read may still ask, and what was refused has changed nothing.",
    );
}

/// A counter that was opened for writing adds.
#[test]
fn who_may_write_adds() {
    let exercise = Exercise::load();
    for read in [false, true] {
        let counter = counter(&exercise, read, true);
        expect(
            &format!("EXERCISE_ADD, where the device was opened for writing (reading: {read}),"),
            raw::ioctl(&counter, ADD, 7),
            Ok(0),
            "There are two access modes that allow writing.",
        );
    }
}
