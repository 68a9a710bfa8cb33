// SPDX-License-Identifier: MIT OR Apache-2.0

//! The guest's terminal is as large as the lab's.

use crate::terminal::{PROMPT, Terminal};

#[test]
fn a_shell_has_the_terminal_s_size() {
    let mut terminal = Terminal::start(33, 111);
    terminal.type_in("stty size\r");
    terminal.expect("\n33 111\r\n");
}

#[test]
fn the_guest_is_told_when_the_size_changes() {
    let mut terminal = Terminal::start(33, 111);
    terminal.resize(10, 44);
    // The news and the question go different ways to the guest.
    terminal.type_in("until stty size | grep -x '10 44'; do :; done\r");
    terminal.expect("\n10 44\r\n");
    terminal.expect(PROMPT);
}

#[test]
fn a_terminal_that_does_not_say_its_size_counts_as_the_usual_one() {
    let mut terminal = Terminal::start(0, 0);
    terminal.type_in("stty size\r");
    terminal.expect("\n24 80\r\n");
}
