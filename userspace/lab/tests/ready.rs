// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab ready`, as a teacher collects it: one line from every seat.

use std::process::Command;

/// The exit status of `lab ready`, and the line that went to standard output.
#[track_caller]
fn ready(with: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut lab = Command::new(env!("CARGO_BIN_EXE_lab"));
    lab.arg("ready").envs(with.iter().copied());
    let output = lab.output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let Some((line, "")) = stdout.split_once('\n') else {
        panic!("one line, not {stdout:?}")
    };
    (output.status.code(), line.to_owned())
}

#[test]
fn a_seat_that_is_ready_says_so() {
    let (code, line) = ready(&[]);
    assert!(line.starts_with("ready: "), "{line}");
    assert!(line.ends_with(", steps and exercises run"), "{line}");
    assert_eq!(code, Some(0));
}

#[test]
fn a_seat_that_is_not_ready_says_what_is_missing() {
    let (code, line) = ready(&[("KERNEL_SRC", "/nowhere")]);
    assert!(line.starts_with("not ready: "), "{line}");
    let missing = "no kernel source (KERNEL_SRC=/nowhere is not a kernel source tree";
    assert!(line.contains(missing), "{line}");
    assert_eq!(code, Some(1));
}
