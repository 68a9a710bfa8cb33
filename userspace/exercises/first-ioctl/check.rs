// SPDX-License-Identifier: MIT OR Apache-2.0

use guest_tests::raw;
use nix::errno::Errno;
use nix::{request_code_none, request_code_read};

use crate::answer::expect;
use crate::module::{EXERCISE_IO, Exercise};

const VERSION: u64 = request_code_none!(EXERCISE_IO, 0x00);
const DOUBLE: u64 = request_code_none!(EXERCISE_IO, 0x01);

/// EXERCISE_VERSION still returns 1.
#[test]
fn the_version_is_still_answered() {
    let device = Exercise::load().open();
    expect(
        "EXERCISE_VERSION",
        raw::ioctl(&device, VERSION, 0),
        Ok(1),
        "It did so before: its arm of the `match` is to stay.",
    );
}

/// EXERCISE_DOUBLE returns twice its argument.
#[test]
fn the_argument_comes_back_doubled() {
    let device = Exercise::load().open();
    for argument in [0, 1, 21, 1000] {
        expect(
            &format!("EXERCISE_DOUBLE ({DOUBLE:#x}) with the argument {argument}"),
            raw::ioctl(&device, DOUBLE, argument),
            Ok(argument as i32 * 2),
            "EINVAL is what the last arm of the `match` says to a number that no other arm has.",
        );
    }
}

/// It fails with EOVERFLOW if twice the argument does not fit an int.
#[test]
fn what_no_int_can_hold_is_eoverflow() {
    let device = Exercise::load().open();
    // Neither is an address of this process: both are in kernel space.
    for argument in [1 << 63, u64::MAX] {
        expect(
            &format!("EXERCISE_DOUBLE with the argument {argument:#x}"),
            raw::ioctl(&device, DOUBLE, argument),
            Err(Errno::EOVERFLOW),
            "Twice that is more than an `int`, to which the kernel cuts what `ioctl` returns.",
        );
    }
}

/// Every other number still fails with EINVAL.
#[test]
fn other_numbers_are_still_einval() {
    let device = Exercise::load().open();
    for (what, number) in [
        ("the sequence number without the type", 0x01),
        (
            "another sequence number",
            request_code_none!(EXERCISE_IO, 0x03),
        ),
        ("another type", request_code_none!(0xAE, 0x01)),
        (
            "a direction and a size",
            request_code_read!(EXERCISE_IO, 0x01, 4),
        ),
    ] {
        expect(
            &format!("{number:#x}, which has {what},"),
            raw::ioctl(&device, number, 0),
            Err(Errno::EINVAL),
            "A number is known by all of its parts.",
        );
    }
}
