// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the lab is told about time and about KVM holds, or it says why not.

use std::process::Stdio;

use crate::lab::{output, run};
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
        stderr.contains("cargo lab: it took more than 2s, so"),
        "{stderr}"
    );
}

#[test]
fn kvm_is_used_or_it_is_said_why_it_cannot_be() {
    let output = output(&["--accel", "kvm", "--", "true"]);
    if !output.status.success() {
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(125), "{stderr}");
        assert!(stderr.contains(". For KVM: "), "{stderr}");
    }
}
