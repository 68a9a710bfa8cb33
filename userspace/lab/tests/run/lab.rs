// SPDX-License-Identifier: MIT OR Apache-2.0

//! Running the lab, and what all tests ask of it.

use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::process::{Command, Output, Stdio};
use std::thread;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::process::{Lab, PATIENCE};

/// `lab run` with these arguments, its three streams being pipes.
pub fn run(arguments: &[&str]) -> Command {
    // Who starts the tests in a shell's background has them, and the lab, ignore Ctrl-C.
    let mut lab = Command::new("env");
    lab.args(["--default-signal=INT", env!("CARGO_BIN_EXE_lab"), "run"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    lab
}

/// What comes of `lab run` with these arguments and no input.
pub fn output(arguments: &[&str]) -> Output {
    Lab::spawn(run(arguments).stdin(Stdio::null())).output()
}

/// What comes of a lab that gets this input.
pub fn output_with_input(mut lab: Lab, input: Vec<u8>) -> Output {
    let mut stdin = lab.0.stdin.take().unwrap();
    let writer = thread::spawn(move || stdin.write_all(&input));
    let output = lab.output();
    writer.join().unwrap().unwrap();
    output
}

/// A line that a lab writes now. Nothing behind it is read.
#[track_caller]
pub fn line_of(output: &mut Option<impl Read + AsFd>) -> String {
    let output = output.as_mut().unwrap();
    let (mut line, mut byte) = (Vec::new(), [0]);
    while !line.ends_with(b"\n") {
        let mut pipe = [PollFd::new(output.as_fd(), PollFlags::POLLIN)];
        let ready = poll(&mut pipe, PollTimeout::try_from(PATIENCE).unwrap());
        assert_ne!(ready, Ok(0), "no line, but {line:?}");
        assert_ne!(output.read(&mut byte).unwrap(), 0, "an end after {line:?}");
        line.extend(byte);
    }
    String::from_utf8(line).unwrap()
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
