// SPDX-License-Identifier: MIT OR Apache-2.0

//! The folder with everything that outlives a server, which the server locks.

use std::fs;
use std::path::Path;
use std::process::Command;

use nix::sys::signal::Signal;

use crate::server::{PROGRAM, Server};

/// Returns the number of books in a folder.
fn books(state: &Path) -> usize {
    let names = fs::read_dir(state)
        .unwrap()
        .map(|it| it.unwrap().file_name());
    names
        .filter(|it| it.to_string_lossy().starts_with("book-"))
        .count()
}

#[test]
fn a_second_server_on_one_folder_says_what_to_do() {
    let server = Server::workshop();
    let mut second = Command::new(PROGRAM);
    second.args(["--workshop", "--port=0", "--no-open", "--state"]);
    let output = second.arg(server.state.path()).output().unwrap();
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    let line = String::from_utf8(output.stderr).unwrap();
    let folder = server.state.path().display();
    let expected = format!(
        "cargo lab: another server has the folder {folder}: end that one, or give this one a folder of its own by --state\n"
    );
    assert_eq!(line, expected);
    assert_eq!(books(server.state.path()), 1);
}

#[test]
fn a_server_that_was_killed_leaves_nothing_to_the_next() {
    let server = Server::workshop();
    let state = server.state.clone();
    server.signal(Signal::SIGKILL);
    drop(server);
    assert_eq!(books(state.path()), 1);
    let server = Server::workshop_in(state);
    assert_eq!(books(server.state.path()), 1);
    let state = server.stop();
    assert_eq!(books(state.path()), 0);
}
