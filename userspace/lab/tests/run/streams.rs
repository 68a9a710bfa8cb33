// SPDX-License-Identifier: MIT OR Apache-2.0

//! Standard input, output and error pass through, byte for byte.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::lab::{assert_output, line_of, output, output_with_input, run};
use crate::process::Lab;

/// Bytes of every value, in no order that a lost or doubled piece would keep.
fn noise(length: u32) -> Vec<u8> {
    (0..length)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect()
}

#[test]
fn megabytes_of_anything_pass_in_and_out() {
    let input = noise(4 << 20);
    let lab = Lab::spawn(&mut run(&["--", "tee", "/dev/stderr"]));
    let output = output_with_input(lab, input.clone());
    assert_eq!(output.status.code(), Some(0));
    // Not assert_eq!, which would print them.
    assert!(
        output.stdout == input,
        "standard output differs from what went in"
    );
    assert!(
        output.stderr == input,
        "standard error differs from what went in"
    );
}

#[test]
fn output_and_error_are_kept_apart() {
    let both = output(&["--", "sh", "-c", "echo out; echo error >&2; printf end"]);
    assert_output(&both, 0, "out\nend", "error\n");
}

#[test]
fn output_comes_when_it_is_written_and_input_is_passed_on_at_once() {
    let script = "read line; echo $line; read line; echo $line";
    let mut lab = Lab::spawn(&mut run(&["--", "sh", "-c", script]));
    let mut stdin = lab.0.stdin.take().unwrap();
    for line in ["first\n", "second\n"] {
        stdin.write_all(line.as_bytes()).unwrap();
        assert_eq!(line_of(&mut lab.0.stdout), line);
    }
    // The input is still open: its end is not what ends the lab.
    assert!(lab.end().success());
}

#[test]
fn a_command_that_does_not_read_its_input_does_not_wait_for_it() {
    // Its input stays open, though nothing comes.
    let mut lab = Lab::spawn(&mut run(&["--", "true"]));
    assert!(lab.end().success());
}

#[test]
fn more_input_than_the_command_wants_is_no_error() {
    let mut lab = Lab::spawn(&mut run(&["--", "head", "-c", "3"]));
    let stdin = lab.0.stdin.as_mut().unwrap();
    stdin.write_all(b"abcdef").unwrap();
    assert_output(&lab.output(), 0, "abc", "");
}

#[test]
fn closed_input_is_empty_input() {
    let lab = env!("CARGO_BIN_EXE_lab");
    let mut shell = Command::new("sh");
    shell
        .args(["-c", r#"exec "$0" run -- wc -c <&-"#, lab])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    assert_output(&Lab::spawn(&mut shell).output(), 0, "0\n", "");
}

#[test]
fn a_reader_that_goes_away_ends_the_lab_as_sigpipe_would() {
    let mut lab = Lab::spawn(run(&["--", "yes"]).stdin(Stdio::null()));
    assert_eq!(line_of(&mut lab.0.stdout), "y\n");
    drop(lab.0.stdout.take());
    assert_output(&lab.output(), 141, "", "");
}

#[test]
fn what_a_command_leaves_running_does_not_hold_the_lab() {
    let output = output(&["--", "sh", "-c", "sleep 1000 & echo started"]);
    assert_output(&output, 0, "started\n", "");
}
