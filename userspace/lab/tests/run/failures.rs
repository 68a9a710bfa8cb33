// SPDX-License-Identifier: MIT OR Apache-2.0

//! A kernel that fails is an error of its own, with its log.

use crate::lab::output;

/// The exit status, and what was said on standard error.
fn failure(arguments: &[&str]) -> (Option<i32>, String) {
    let output = output(arguments);
    assert!(output.stdout.is_empty());
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[track_caller]
fn assert_contains_once(text: &str, part: &str) {
    assert_eq!(text.matches(part).count(), 1, "{part:?} in:\n{text}");
}

#[test]
fn a_crash_is_told_with_the_kernel_s_whole_log() {
    let (code, stderr) = failure(&["--", "sh", "-c", "echo c > /proc/sysrq-trigger"]);
    assert_eq!(code, Some(123));
    assert_contains_once(&stderr, "] Linux version ");
    assert_contains_once(&stderr, "] hiboma: registered /dev/hiboma");
    assert_contains_once(&stderr, "Call Trace:");
    assert!(stderr.ends_with("cargo lab: the guest's kernel crashed: sysrq triggered crash\n"));
}

#[test]
fn a_command_that_takes_too_long_is_told_with_the_kernel_s_whole_log() {
    let (code, stderr) = failure(&["--timeout", "2s", "--", "sleep", "1000"]);
    assert_eq!(code, Some(124));
    assert_contains_once(&stderr, "] Linux version ");
    assert_contains_once(&stderr, "Kernel panic - not syncing: NMI: Not continuing");
    assert_contains_once(&stderr, "cargo lab: it took more than 2s;");
}

#[test]
fn a_guest_that_restarts_is_no_success() {
    let (code, stderr) = failure(&["--", "reboot", "-f"]);
    assert_eq!(code, Some(125));
    assert!(
        stderr.ends_with("cargo lab: the guest went down by itself\n"),
        "{stderr}"
    );
}

#[test]
fn verbose_shows_the_console_and_leaves_standard_output_alone() {
    let output = output(&["--verbose", "--", "echo", "hello"]);
    assert_eq!(output.stdout, b"hello\n");
    assert_contains_once(
        &String::from_utf8(output.stderr).unwrap(),
        "] Linux version ",
    );
}
