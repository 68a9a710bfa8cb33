// SPDX-License-Identifier: MIT OR Apache-2.0

//! The lab ends as the command did.

use crate::lab::{assert_output, output};

#[test]
fn the_exit_status_is_passed_on_and_nothing_is_printed() {
    assert_output(&output(&["--", "true"]), 0, "", "");
    assert_output(&output(&["--", "sh", "-c", "exit 7"]), 7, "", "");
}

#[test]
fn a_signal_counts_as_128_plus_its_number_and_is_named() {
    let killed = output(&["--", "sh", "-c", "kill -SEGV $$"]);
    let told = "cargo lab: killed by signal 11 (SIGSEGV)\n";
    assert_output(&killed, 139, "", told);
}

#[test]
fn a_command_that_the_guest_does_not_have_is_127_as_in_a_shell() {
    let nosuch = output(&["--", "nosuch"]);
    assert_output(&nosuch, 127, "", "nosuch: not found in the guest\n");
    let nosuch = output(&["--", "./nosuch"]);
    assert_output(&nosuch, 127, "", "./nosuch: not found in the guest\n");
}

#[test]
fn what_cannot_be_run_is_126_as_in_a_shell() {
    assert_output(
        &output(&["--", "/tmp"]),
        126,
        "",
        "/tmp: Permission denied\n",
    );
}

#[test]
fn an_option_that_there_is_not_is_no_command() {
    let typo = output(&["--cpu", "2", "--", "true"]);
    assert_eq!(typo.status.code(), Some(2));
    let stderr = String::from_utf8(typo.stderr).unwrap();
    assert!(stderr.contains("unexpected argument '--cpu'"), "{stderr}");
    assert!(stderr.contains("'--cpus'"), "{stderr}");
}

#[test]
fn arguments_arrive_as_they_were_given() {
    let printf = output(&[
        "printf", r"[%s]\n", "a  b", "", "$HOME", "*", "--file", "-v",
    ]);
    assert_output(&printf, 0, "[a  b]\n[]\n[$HOME]\n[*]\n[--file]\n[-v]\n", "");
}

#[test]
fn kvm_and_hiboma_are_there() {
    let script = "test -c /dev/kvm && test -c /dev/hiboma && dmesg | grep -c 'WARNING\\|BUG'";
    assert_output(&output(&["--", "sh", "-c", script]), 1, "0\n", "");
}

#[test]
fn the_guest_has_the_memory_and_the_parameters_that_are_asked_for() {
    let script =
        "free -m | awk '/Mem/ { print ($2 > 550 && $2 < 600) }'; grep -c ' own=1' /proc/cmdline";
    let asked = ["--mem", "600M", "--append", "own=1"];
    let told = output(&[&asked[..], &["--", "sh", "-c", script]].concat());
    assert_output(&told, 0, "1\n1\n", "");
}

#[test]
fn what_the_kernel_logs_meanwhile_is_told_on_request() {
    let told = output(&["--dmesg", "--", "sh", "-c", "echo from here > /dev/kmsg"]);
    let stderr = String::from_utf8_lossy(&told.stderr);
    assert!(stderr.ends_with("] from here\n"), "{stderr}");
    assert!(!stderr.contains("Linux version"), "{stderr}");
}

#[test]
fn the_guest_has_as_many_cpus_as_are_asked_for() {
    assert_output(&output(&["--", "nproc"]), 0, "1\n", "");
    assert_output(&output(&["--cpus", "2", "--", "nproc"]), 0, "2\n", "");
}
