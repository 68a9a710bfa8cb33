// SPDX-License-Identifier: MIT OR Apache-2.0

//! A limit on the time holds, whatever the command does.

use std::process::Stdio;

use crate::lab::run;
use crate::process::Lab;

#[test]
fn the_time_limit_holds_while_nobody_reads_the_output() {
    let mut yes = run(&["--timeout", "2s", "--", "yes"]);
    let mut lab = Lab::spawn(yes.stdin(Stdio::null()));
    let _unread = lab.0.stdout.take();
    let output = lab.output();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(124), "{stderr}");
    assert!(
        stderr.contains("cargo lab: it took more than 2s;"),
        "{stderr}"
    );
}
