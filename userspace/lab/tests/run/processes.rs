// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a command of the guest inherits, and what becomes of its children.

use crate::lab::{assert_output, output};

#[test]
fn a_shell_is_told_of_its_children() {
    let script = "sleep 0.2 & wait; echo done";
    let output = output(&["--timeout", "60s", "--", "sh", "-c", script]);
    assert_output(&output, 0, "done\n", "");
}

#[test]
fn no_signal_is_blocked() {
    let output = output(&["--", "grep", "SigBlk", "/proc/self/status"]);
    assert_output(&output, 0, "SigBlk:\t0000000000000000\n", "");
}
