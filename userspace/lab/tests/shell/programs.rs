// SPDX-License-Identifier: MIT OR Apache-2.0

//! Programs of the guest on the lab's terminal.

use crate::terminal::{PROMPT, Terminal};

#[test]
fn they_know_the_terminal_s_kind() {
    let mut terminal = Terminal::start(24, 80);
    terminal.type_in("echo kind=$TERM\r");
    terminal.expect("\nkind=vt100\r\n");
}

#[test]
fn they_get_three_descriptors_and_no_more() {
    let mut terminal = Terminal::start(24, 80);
    // By its path, or else it would be a part of the shell, which has more. The fourth is the
    // directory itself, which is open while it is listed.
    terminal.type_in("echo $(/bin/ls /proc/self/fd)\r");
    terminal.expect("\n0 1 2 3\r\n");
}

#[test]
fn ctrl_c_is_for_them() {
    let mut terminal = Terminal::start(24, 80);
    // One job, which has the terminal by the time that it says so.
    terminal.type_in("sh -c 'echo asleep on $(tty); exec sleep 1000'\r");
    terminal.expect("\nasleep on /dev/pts/0");
    terminal.type_in("\x03");
    terminal.expect(PROMPT);
    terminal.type_in("echo status=$?\r");
    terminal.expect("\nstatus=130");
}
