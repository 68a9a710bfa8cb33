// SPDX-License-Identifier: MIT OR Apache-2.0

//! However the shell ends, the terminal is left as it was, and no QEMU is.

use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;

use nix::sys::signal::Signal;
use nix::sys::termios::tcgetattr;

use crate::process::{Lab, assert_gone};
use crate::terminal::{PROMPT, Terminal, lab_shell};

#[test]
fn by_exit_whose_status_is_passed_on() {
    let mut terminal = Terminal::start(24, 80);
    terminal.type_in("exit 5\r");
    assert_eq!(terminal.end().code(), Some(5));
}

#[test]
fn by_ctrl_d() {
    let mut terminal = Terminal::start(24, 80);
    terminal.type_in("true\r");
    terminal.expect(PROMPT);
    terminal.type_in("\x04");
    assert_eq!(terminal.end().code(), Some(0));
}

#[test]
fn by_the_escape_while_a_program_has_the_terminal() {
    let mut terminal = Terminal::start(24, 80);
    terminal.type_in("stty raw; echo deaf; sleep 1000\r");
    terminal.expect("\ndeaf\n");
    terminal.type_in("\r~.");
    terminal.expect("cargo lab: you have left the guest by ~.");
    assert_eq!(terminal.end().code(), Some(125));
}

#[test]
fn by_the_escape_while_the_guest_does_not_take_its_input() {
    let mut terminal = Terminal::start(24, 80);
    terminal.type_in("stty raw; echo deaf; sleep 1000\r");
    terminal.expect("\ndeaf\n");
    // More than the guest and the way to it take.
    for _ in 0..200 {
        terminal.type_in(&"x".repeat(1000));
    }
    terminal.type_in("\r~.");
    terminal.expect("cargo lab: you have left the guest by ~.");
    assert_eq!(terminal.end().code(), Some(125));
}

#[test]
fn by_poweroff() {
    let mut terminal = Terminal::start(24, 80);
    terminal.type_in("poweroff -f\r");
    terminal.expect("cargo lab: the guest powered off");
    assert_eq!(terminal.end().code(), Some(125));
}

#[test]
fn by_a_signal() {
    let terminal = Terminal::start(24, 80);
    let now = tcgetattr(&terminal.slave).unwrap();
    assert_ne!(now, terminal.before, "raw mode");
    terminal.lab.signal(Signal::SIGTERM);
    assert_eq!(terminal.end().signal(), Some(Signal::SIGTERM as i32));
}

#[test]
fn by_a_signal_while_the_guest_does_not_take_its_input() {
    let mut terminal = Terminal::start(24, 80);
    terminal.type_in("stty raw; echo deaf; sleep 1000\r");
    terminal.expect("\ndeaf\n");
    terminal.type_until_stuck();
    // The guest does not take this either.
    terminal.resize(10, 44);
    terminal.type_until_stuck();
    terminal.lab.signal(Signal::SIGTERM);
    assert_eq!(terminal.end().signal(), Some(Signal::SIGTERM as i32));
}

#[test]
fn by_a_terminal_that_hangs_up() {
    let terminal = Terminal::start(24, 80);
    let qemu = terminal.lab.qemu();
    let mut lab = terminal.hang_up();
    assert_eq!(lab.end().signal(), Some(Signal::SIGHUP as i32));
    assert_gone(qemu);
}

#[test]
fn before_it_began_where_there_is_no_terminal() {
    let mut shell = lab_shell();
    let shell = shell.stdin(Stdio::null()).stderr(Stdio::piped());
    let output = Lab::spawn(shell).output();
    assert_eq!(output.status.code(), Some(125));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "cargo lab: a shell needs a terminal for its input and output; for a script there is \
         `cargo lab run -- sh`\n"
    );
}
