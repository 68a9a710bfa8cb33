// SPDX-License-Identifier: MIT OR Apache-2.0

//! Running the lab, and what all tests ask of it.

use std::io::Write;
use std::process::{Child, Command, Output, Stdio};
use std::thread;

/// `lab run` with these arguments, its three streams being pipes.
pub fn run(arguments: &[&str]) -> Command {
    let mut lab = Command::new(env!("CARGO_BIN_EXE_lab"));
    lab.arg("run")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    lab
}

/// What comes of `lab run` with these arguments and no input.
pub fn output(arguments: &[&str]) -> Output {
    run(arguments).stdin(Stdio::null()).output().unwrap()
}

/// What comes of a lab that gets this input.
pub fn output_with_input(mut lab: Child, input: Vec<u8>) -> Output {
    let mut stdin = lab.stdin.take().unwrap();
    let writer = thread::spawn(move || stdin.write_all(&input));
    let output = lab.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    output
}

/// Everything about an output at once, so that a failing test shows all of it.
#[track_caller]
pub fn assert_output(output: &Output, code: i32, stdout: &str, stderr: &str) {
    let seen = (
        output.status.code(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert_eq!(seen, (Some(code), stdout.into(), stderr.into()));
}
