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
fn exercise_version_still_returns_1() {
    let device = Exercise::load().open();
    expect(
        "EXERCISE_VERSION",
        raw::ioctl(&device, VERSION, 0),
        Ok(1),
        "This worked before your changes. Keep its arm of the `match`.",
    );
}

/// EXERCISE_DOUBLE returns twice its argument.
#[test]
fn exercise_double_returns_twice_its_argument() {
    let device = Exercise::load().open();
    for argument in [0, 1, 21, 1000] {
        expect(
            &format!("EXERCISE_DOUBLE ({DOUBLE:#x}) with the argument {argument}"),
            raw::ioctl(&device, DOUBLE, argument),
            Ok(argument as i32 * 2),
            "The last arm of the `match` returns EINVAL for every number that has no other arm.",
        );
    }
}

/// It fails with EOVERFLOW if twice the argument does not fit an int.
#[test]
fn a_result_that_does_not_fit_fails_with_eoverflow() {
    let device = Exercise::load().open();
    // Neither is an address of this process: both are in kernel space.
    for argument in [1 << 63, u64::MAX] {
        expect(
            &format!("EXERCISE_DOUBLE with the argument {argument:#x}"),
            raw::ioctl(&device, DOUBLE, argument),
            Err(Errno::EOVERFLOW),
            "Twice that does not fit into an `int`, and `ioctl` returns an `int` to the program.",
        );
    }
}

/// Every other number still fails with EINVAL.
#[test]
fn other_numbers_still_fail_with_einval() {
    let device = Exercise::load().open();
    for (what, number) in [
        ("without the type", 0x01),
        (
            "with another sequence number",
            request_code_none!(EXERCISE_IO, 0x03),
        ),
        ("with another type", request_code_none!(0xAE, 0x01)),
        (
            "with a direction and a size",
            request_code_read!(EXERCISE_IO, 0x01, 4),
        ),
    ] {
        expect(
            &format!("The ioctl {number:#x} (EXERCISE_DOUBLE {what})"),
            raw::ioctl(&device, number, 0),
            Err(Errno::EINVAL),
            "Compare the whole number, not only a part of it.",
        );
    }
}
