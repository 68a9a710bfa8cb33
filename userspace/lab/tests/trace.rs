// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab trace`: what the kernel does, and what is said where it cannot be traced.

use std::hint;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use lab::build::Configuration;
use lab::build::exercise::{Built, Strictness, build};

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
        "MiscdeviceVTable<HibomaDevice<false>>::ioctl",
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

/// A learner's copy is built as this one is.
#[test]
fn the_rust_of_an_exercise_is_in_the_graph() {
    let folder = lab::exercises::folder().join("make-a-descriptor/solution");
    let built = build(&folder, Strictness::Traceable, Configuration::Lab).unwrap();
    let Built::Binary { path, .. } = built else {
        panic!("the solution does not compile")
    };
    let path = path.to_str().unwrap();
    let calls = "insmod exercise.ko && calls 'open /dev/exercise' 'ioctl 3 0xbb03'";
    let graph = graph(&["--file", path, "--", "sh", "-c", calls]);
    let way = ["Device::ioctl", "anon_inode::getfd", "anon_inode_getfile"];
    let depths = way.map(|function| depth(&graph, function));
    assert!(depths.is_sorted_by(|outer, inner| outer < inner), "{graph}");
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

/// The lines of a graph with counts: how many instructions, and the rest.
fn counted(graph: &str) -> Vec<(u64, String)> {
    let line = |line: &str| {
        let (count, rest) = line.trim_start().split_once("  ").expect(graph);
        (count.replace(',', "").parse().unwrap(), rest.to_owned())
    };
    graph.lines().map(line).collect()
}

#[test]
fn counts_are_the_same_each_time_also_on_a_busy_machine() {
    let arguments = ["--only", "Vm::getfd", "--", "3-descriptor-hiboma"];
    let with_counts = [&["--count"], &arguments[..]].concat();
    let first = graph(&with_counts);
    let is_over = AtomicBool::new(false);
    let second = thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    hint::spin_loop();
                }
            });
        }
        let second = graph(&with_counts);
        is_over.store(true, Ordering::Relaxed);
        second
    });
    assert_eq!(first, second);

    let lines = counted(&first);
    let names: String = lines.iter().map(|(_, rest)| format!("{rest}\n")).collect();
    assert_eq!(names, graph(&arguments), "ftrace sees the same calls");
    let count = |function: &str| {
        let mut found = lines.iter().filter(|(_, rest)| rest.trim() == function);
        found
            .next()
            .unwrap_or_else(|| panic!("no {function} in\n{first}"))
            .0
    };
    let getfd = count("Vm::getfd [hiboma]");
    let steps = ["get_unused_fd_flags", "anon_inode_getfile", "fd_install"];
    assert!(getfd > steps.map(count).iter().sum(), "{first}");
}

#[test]
fn an_ioctl_takes_what_bench_counts() {
    let mut lab = Command::new(env!("CARGO_BIN_EXE_lab"));
    let bench = lab.args(["bench", "--on", "c", "--functions", "version"]);
    let table = String::from_utf8(bench.output().unwrap().stdout).unwrap();
    // Each with its own instructions, from the first function that has a line to the last.
    let functions = table
        .lines()
        .skip_while(|line| !line.contains("__x64_sys_ioctl"))
        .take_while(|line| !line.contains("syscall_return"));
    let own = |line: &str| -> u64 { line.split('|').nth(2).unwrap().trim().parse().unwrap() };
    let sum: u64 = functions.map(own).sum();

    let command = ["calls", "open /dev/hiboma", "ioctl 3 0"];
    let options = ["--count", "--load", "hiboma_c.ko", "--"];
    let graph = graph(&[&options[..], &command].concat());
    assert_eq!(
        counted(&graph)[0],
        (sum, "__x64_sys_ioctl".to_owned()),
        "{table}"
    );
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
            "there is no exercise `nope`. The exercises are: 1 first-ioctl",
        ),
        (
            &["--count", "--accel", "kvm", "--", "true"],
            "--count: KVM counts no instructions; leave out --accel kvm",
        ),
        (
            &["--count", "--cpus", "2", "--", "true"],
            "--count: QEMU counts the instructions of one CPU; leave out --cpus",
        ),
        (
            &["--", "true"],
            "`true` called none of the traced functions. ",
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
