// SPDX-License-Identifier: MIT OR Apache-2.0

//! A kernel that fails is an error of its own, with what its log says of that.

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
fn a_crash_is_told_with_the_last_lines_of_the_log() {
    let (code, stderr) = failure(&["--", "sh", "-c", "echo c > /proc/sysrq-trigger"]);
    assert_eq!(code, Some(123));
    assert_contains_once(&stderr, "] sysrq: Trigger a crash");
    assert_contains_once(&stderr, "Call Trace:");
    assert!(!stderr.contains("] Linux version "), "{stderr}");
    assert!(stderr.lines().count() < 70, "{stderr}");
    assert!(stderr.ends_with("cargo lab: the guest's kernel crashed: sysrq triggered crash\n"));
}

#[test]
fn a_command_that_takes_too_long_is_told_with_where_each_cpu_was() {
    let (code, stderr) = failure(&["--timeout", "2s", "--cpus", "2", "--", "sleep", "1000"]);
    assert_eq!(code, Some(124));
    assert_contains_once(&stderr, "CPU 0: idle\n");
    assert_contains_once(&stderr, "CPU 1: idle\n");
    assert!(!stderr.contains("Kernel panic"), "{stderr}");
    let last = "cargo lab: it took more than 2s, so the lab stopped the guest\n";
    assert!(stderr.ends_with(last), "{stderr}");
}

#[test]
fn a_guest_that_goes_down_ends_the_lab_and_is_no_success() {
    for (command, how) in [
        ("reboot -f", "restarted"),
        ("poweroff -f", "powered off"),
        ("halt -f", "halted"),
        ("echo o > /proc/sysrq-trigger", "powered off"),
        // These ask PID 1.
        ("poweroff", "powered off"),
        ("halt", "halted"),
        ("reboot", "restarted"),
    ] {
        let script = format!("{command}; sleep 1000");
        let (code, stderr) = failure(&["--timeout", "60s", "--", "sh", "-c", &script]);
        assert_eq!(stderr, format!("cargo lab: the guest {how}\n"), "{command}");
        assert_eq!(code, Some(125), "{command}");
    }
}

#[test]
fn a_program_that_takes_all_memory_is_told_how_much_there_was() {
    let (code, stderr) = failure(&["--mem", "300M", "--", "tail", "/dev/zero"]);
    assert_eq!(code, Some(137));
    let told = "cargo lab: killed by signal 9 (SIGKILL)\n\
                cargo lab: out of memory, so the kernel killed tail; the guest has 300 MB: --mem gives it \
                more\n";
    assert_eq!(stderr, told);
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
