// SPDX-License-Identifier: MIT OR Apache-2.0

//! What any program may expect of the lab's kernel.

use std::os::unix::net::UnixStream;
use std::process::Command;

#[test]
fn a_program_starts_another_in_another_directory() {
    let output = Command::new("pwd").current_dir("/tmp").output().unwrap();
    assert_eq!(output.stdout, b"/tmp\n");
}

#[test]
fn sockets_are_between_processes_of_the_guest_and_no_others() {
    assert!(UnixStream::pair().is_ok());
    assert!(std::net::TcpListener::bind("127.0.0.1:0").is_err());
}
