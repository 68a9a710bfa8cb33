// SPDX-License-Identifier: MIT OR Apache-2.0

//! Standard input, output and error pass through, byte for byte.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use crate::lab::{assert_output, output, output_with_input, run};

/// Bytes of every value, in no order that a lost or doubled piece would keep.
fn noise(length: u32) -> Vec<u8> {
    (0..length)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect()
}

#[test]
fn megabytes_of_anything_pass_in_and_out() {
    let input = noise(4 << 20);
    let lab = run(&["--", "tee", "/dev/stderr"]).spawn().unwrap();
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
    let mut lab = run(&[
        "--timeout",
        "60s",
        "--",
        "sh",
        "-c",
        "read line; echo $line; read line; echo $line",
    ])
    .spawn()
    .unwrap();
    let mut stdin = lab.stdin.take().unwrap();
    let mut stdout = BufReader::new(lab.stdout.take().unwrap());
    for line in ["first\n", "second\n"] {
        stdin.write_all(line.as_bytes()).unwrap();
        let mut answer = String::new();
        stdout.read_line(&mut answer).unwrap();
        assert_eq!(answer, line);
    }
    // The input is still open: its end is not what ends the lab.
    assert!(lab.wait().unwrap().success());
}

#[test]
fn a_command_that_does_not_read_its_input_does_not_wait_for_it() {
    let mut lab = run(&["--timeout", "60s", "--", "true"]).spawn().unwrap();
    // `wait` would close the input, were it still in there.
    let _open = lab.stdin.take();
    assert!(lab.wait().unwrap().success());
}

#[test]
fn more_input_than_the_command_wants_is_no_error() {
    let mut lab = run(&["--", "head", "-c", "3"]).spawn().unwrap();
    let mut stdin = lab.stdin.take().unwrap();
    stdin.write_all(b"abcdef").unwrap();
    drop(stdin);
    assert_output(&lab.wait_with_output().unwrap(), 0, "abc", "");
}

#[test]
fn closed_input_is_empty_input() {
    let lab = env!("CARGO_BIN_EXE_lab");
    let output = Command::new("sh")
        .args(["-c", r#"exec "$0" run -- wc -c <&-"#, lab])
        .output()
        .unwrap();
    assert_output(&output, 0, "0\n", "");
}

#[test]
fn a_reader_that_goes_away_ends_the_lab_as_sigpipe_would() {
    let mut lab = run(&["--", "yes"]).stdin(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(lab.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert_eq!(line, "y\n");
    assert_output(&lab.wait_with_output().unwrap(), 141, "", "");
}

#[test]
fn what_a_command_leaves_running_does_not_hold_the_lab() {
    let output = output(&[
        "--timeout",
        "60s",
        "--",
        "sh",
        "-c",
        "sleep 1000 & echo started",
    ]);
    assert_output(&output, 0, "started\n", "");
}
