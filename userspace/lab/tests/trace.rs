// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab trace`: what the kernel does, and what is said where it cannot be traced.

use std::process::{Command, Output, Stdio};

fn trace(arguments: &[&str]) -> Output {
    let mut lab = Command::new(env!("CARGO_BIN_EXE_lab"));
    let lab = lab.arg("trace").args(arguments).stdin(Stdio::null());
    lab.output().unwrap()
}

/// What a trace that succeeds prints.
#[track_caller]
fn graph(arguments: &[&str]) -> String {
    let output = trace(arguments);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{stderr}");
    String::from_utf8(output.stdout).unwrap()
}

/// What a trace that cannot be made says last.
#[track_caller]
fn refusal(arguments: &[&str]) -> String {
    let output = trace(arguments);
    assert_eq!(output.status.code(), Some(125));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    let stderr = String::from_utf8(output.stderr).unwrap();
    let (_, told) = stderr.rsplit_once("cargo lab: ").expect(&stderr);
    told.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How far in the first line with this function is.
#[track_caller]
fn depth(graph: &str, function: &str) -> usize {
    let is_its = |line: &&str| line.split_whitespace().next() == Some(function);
    let line = graph.lines().find(is_its);
    let line = line.unwrap_or_else(|| panic!("no {function} in\n{graph}"));
    line.len() - line.trim_start().len()
}

#[test]
fn our_rust_is_in_the_graph_of_an_ioctl() {
    let graph = graph(&["--", "3-descriptor-hiboma"]);
    let way = [
        "__x64_sys_ioctl",
        "MiscdeviceVTable<HibomaDevice>::ioctl",
        "Vm::getfd",
        "anon_inode_getfile",
        "alloc_file_pseudo",
    ];
    let depths = way.map(|function| depth(&graph, function));
    assert!(depths.is_sorted_by(|outer, inner| outer < inner), "{graph}");
}

#[test]
fn a_step_is_traced_on_both_devices_and_twice_the_same() {
    let first = graph(&["3-descriptor"]);
    let same: Vec<_> = first.lines().filter(|line| line.contains('═')).collect();
    for function in ["anon_inode_getfile", "alloc_file_pseudo", "fd_install"] {
        assert!(same.iter().any(|line| line.contains(function)), "{first}");
    }
    for (left, right) in [("Vm::getfd [hiboma]", ""), ("", "kvm_dev_ioctl [kvm]")] {
        let is_its = |line: &&str| {
            line.split_once('│')
                .is_some_and(|(one, other)| one.trim() == left && other.trim() == right)
        };
        assert!(first.lines().any(|line| is_its(&line)), "{first}");
    }
    assert_eq!(first, graph(&["3-descriptor"]));
}

#[test]
fn an_errno_is_seen_on_its_way() {
    let graph = graph(&[
        "--load",
        "hiboma_c.ko",
        "--",
        "calls",
        "open /dev/hiboma",
        "ioctl 3 77",
    ]);
    let told = "__x64_sys_ioctl = -EINVAL\n  fdget\n  do_vfs_ioctl\n  hiboma_device_ioctl [hiboma_c] = -EINVAL\n";
    assert!(graph.starts_with(told), "{graph}");
}

#[test]
fn the_output_of_the_command_is_not_in_the_graph() {
    let output = trace(&["--only", "misc_open", "--", "calls", "open /dev/hiboma"]);
    assert!(output.stdout.starts_with(b"misc_open\n"));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.starts_with("open(\"/dev/hiboma\""), "{stderr}");
}

#[test]
fn the_command_s_status_is_the_lab_s() {
    assert_eq!(
        trace(&["--", "sh", "-c", "2-version-hiboma; exit 7"])
            .status
            .code(),
        Some(7)
    );
    assert_eq!(trace(&["--", "no-such-program"]).status.code(), Some(127));
    let crash = trace(&["--", "sh", "-c", "echo c > /proc/sysrq-trigger"]);
    assert_eq!(crash.status.code(), Some(123));
}

#[test]
fn why_something_cannot_be_traced_is_said() {
    for (arguments, told) in [
        (
            &["--only", "no_such_function", "--", "true"][..],
            "the guest's kernel has no function no_such_function: ",
        ),
        (
            &["--only", "__schedule", "--", "true"],
            "__schedule cannot be traced: it is marked `notrace`, ",
        ),
        (
            &["--only", "kvm_is_error_hva", "--", "true"],
            "kvm_is_error_hva cannot be traced: the compiler has put it into its callers, ",
        ),
        (
            &["--module", "nix", "--", "true"],
            "--module nix: these modules are loaded: hiboma, ",
        ),
        (
            &["--syscall", "nope", "--", "true"],
            "there is no system call nope",
        ),
        (
            &["--exercise", "nope", "--", "true"],
            "there is no exercise `nope`, but there are these: 1 first-ioctl",
        ),
        (
            &["--", "true"],
            "`true` has called none of what was traced; ",
        ),
        (
            &[
                "--syscall",
                "write",
                "--",
                "dd",
                "if=/dev/zero",
                "of=/dev/null",
                "bs=1",
                "count=40000",
            ],
            "the trace outgrew its buffer and lost ",
        ),
    ] {
        let refusal = refusal(arguments);
        assert!(refusal.starts_with(told), "{refusal}");
    }
}
