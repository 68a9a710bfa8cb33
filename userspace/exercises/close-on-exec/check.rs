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
    let device = device.unwrap_or_else(|error| panic!("Cannot open {DEVICE}: {error}"));
    made_by(device, "EXERCISE_OPEN", OPEN)
}

/// A counter that is open for reading and writing still adds.
#[test]
fn a_counter_still_adds() {
    let exercise = Exercise::load();
    let counter = counter(&exercise, true, true);
    for (name, number, argument, answer) in [
        ("EXERCISE_ADD of 40", ADD, 40, 0),
        ("EXERCISE_ADD of 2", ADD, 2, 0),
        ("EXERCISE_GET after adding 40 and 2", GET, 0, 42),
    ] {
        let look = "This worked before your changes.";
        expect(
            name,
            raw::ioctl(&counter, number, argument),
            Ok(answer),
            look,
        );
    }
}

/// A program that the process executes does not inherit the counter.
#[test]
fn an_executed_program_does_not_inherit_it() {
    let exercise = Exercise::load();
    let _counter = counter(&exercise, true, true);
    let list = Command::new("/bin/ls")
        .args(["-l", "/proc/self/fd"])
        .output();
    let list = list.expect("the guest has ls");
    let list = String::from_utf8_lossy(&list.stdout);
    assert!(
        !list.contains("exercise-counter"),
        "A process with a counter executed `ls -l /proc/self/fd`, which inherited the \
         counter:\n{list}A flag of the descriptor prevents this."
    );
}

/// The counter has the access mode that the device was opened with.
#[test]
fn a_counter_has_the_access_mode_of_the_device() {
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
            "With the device opened {name}, the counter was {is_name}; expected {name}.\n\
             The flags for `getfd` include the access mode."
        );
    }
}

/// A counter that is open only for reading refuses to add.
#[test]
fn a_read_only_descriptor_may_not_add() {
    let exercise = Exercise::load();
    let counter = counter(&exercise, true, false);
    expect(
        "EXERCISE_ADD of 7 on an O_RDONLY descriptor",
        raw::ioctl(&counter, ADD, 7),
        Err(Errno::EBADF),
        "The kernel does not check the access mode for an ioctl. Your `ioctl` must.",
    );
    expect(
        "EXERCISE_GET after this failed EXERCISE_ADD",
        raw::ioctl(counter.as_fd(), GET, 0),
        Ok(0),
        "EXERCISE_GET works on every descriptor, and a failed EXERCISE_ADD adds nothing.",
    );
}

/// A counter that is open for writing adds.
#[test]
fn a_writable_descriptor_may_add() {
    let exercise = Exercise::load();
    for read in [false, true] {
        let counter = counter(&exercise, read, true);
        let mode = if read { "O_RDWR" } else { "O_WRONLY" };
        expect(
            &format!("With the device opened {mode}, EXERCISE_ADD"),
            raw::ioctl(&counter, ADD, 7),
            Ok(0),
            "Two access modes allow writing.",
        );
    }
}
