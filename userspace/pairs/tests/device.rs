// SPDX-License-Identifier: MIT OR Apache-2.0

//! A program without a device, or with another one than KVM's, prints what it expects and exits.

use std::process::{Command, Output};

/// The programs whose argument is a device.
const PROGRAMS: [&str; 10] = [
    env!("CARGO_BIN_EXE_4-create-vm"),
    env!("CARGO_BIN_EXE_5-create-vcpu"),
    env!("CARGO_BIN_EXE_6-memory-slot"),
    env!("CARGO_BIN_EXE_7-kvm-run"),
    env!("CARGO_BIN_EXE_8-run-loop"),
    env!("CARGO_BIN_EXE_9-two-vcpus"),
    env!("CARGO_BIN_EXE_10-moved-slot"),
    env!("CARGO_BIN_EXE_11-life"),
    env!("CARGO_BIN_EXE_12-long-mode"),
    env!("CARGO_BIN_EXE_exits"),
];

/// Runs each of them with these arguments, checks that it printed nothing, and returns its errors.
fn refused(arguments: &[&str], code: i32) -> Vec<String> {
    PROGRAMS
        .iter()
        .map(|program| {
            let output = Command::new(program).args(arguments).output().unwrap();
            let Output {
                status,
                stdout,
                stderr,
            } = output;
            assert_eq!((status.code(), stdout.as_slice()), (Some(code), &b""[..]));
            String::from_utf8(stderr).unwrap()
        })
        .collect()
}

#[test]
fn without_one_device_it_is_said_how_the_program_is_called() {
    for arguments in [&[][..], &["/dev/kvm", "/dev/hiboma"]] {
        for (program, said) in PROGRAMS.iter().zip(refused(arguments, 2)) {
            let (_folder, name) = program.rsplit_once('/').unwrap();
            assert!(
                said.starts_with(&format!("usage: {name} DEVICE\n")),
                "{said}"
            );
        }
    }
}

#[test]
fn a_device_that_is_not_there_is_named() {
    for said in refused(&["/dev/no-such-device"], 1) {
        assert!(said.contains("/dev/no-such-device is missing: "), "{said}");
    }
}

#[test]
fn a_device_of_another_kind_is_not_used() {
    for said in refused(&["/dev/null"], 1) {
        assert!(
            said.contains("/dev/null does not speak KVM's ABI: "),
            "{said}"
        );
    }
}
