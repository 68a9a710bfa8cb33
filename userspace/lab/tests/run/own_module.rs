// SPDX-License-Identifier: MIT OR Apache-2.0

//! A module of one's own, as the book's page "Your own module" has it: it is loaded, it crashes, it hangs.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::lab::output;

/// A module that does this when it is loaded, built for the kernel of `cargo lab kdir`.
fn module(directory: &TempDir, work: &str) -> PathBuf {
    let source = format!(
        "#include <linux/module.h>\n\
         static int __init hello_init(void) {{ {work} return 0; }}\n\
         module_init(hello_init);\n\
         MODULE_DESCRIPTION(\"hello\");\n\
         MODULE_LICENSE(\"GPL\");\n"
    );
    fs::write(directory.path().join("hello.c"), source).unwrap();
    fs::write(directory.path().join("Kbuild"), "obj-m := hello.o\n").unwrap();
    let kdir = Command::new(env!("CARGO_BIN_EXE_lab")).arg("kdir").output();
    let kdir = String::from_utf8(kdir.unwrap().stdout).unwrap();
    let mut make = Command::new("make");
    make.env_remove("MAKEFLAGS").env_remove("MAKELEVEL");
    make.args(["-C", kdir.trim(), "modules", "KCFLAGS=-g1"]);
    make.arg(format!("M={}", directory.path().display()));
    let made = make.output().unwrap();
    let said = String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success(), "{said}");
    directory.path().join("hello.ko")
}

/// Loads it with these options. What the lab said, and its status.
fn load(work: &str, options: &[&str]) -> (String, Option<i32>) {
    let directory = TempDir::new().unwrap();
    let module = module(&directory, work);
    let file = ["--file", module.to_str().unwrap()];
    let command = ["--", "insmod", "hello.ko"];
    let Output { stderr, status, .. } = output(&[options, &file, &command].concat());
    (String::from_utf8(stderr).unwrap(), status.code())
}

#[test]
fn it_is_loaded_and_what_it_logs_is_shown() {
    let (said, status) = load("pr_info(\"hello there\\n\");", &["--dmesg"]);
    assert!(said.contains("hello there"), "{said}");
    assert!(!said.contains("Linux version"), "{said}");
    assert_eq!(status, Some(0));
}

#[test]
fn of_its_crash_the_complaint_and_the_trace_are_shown() {
    let (said, status) = load("*(volatile int *)8 = 1;", &[]);
    let complaint = "BUG: kernel NULL pointer dereference, address: 0000000000000008";
    assert!(said.contains(complaint), "{said}");
    let place = said
        .lines()
        .find(|line| line.contains("RIP: 0010:hello_init"));
    assert!(place.unwrap().ends_with("/hello.c:2"), "{said}");
    assert!(!said.contains("Linux version"), "{said}");
    assert_eq!(status, Some(123));
}

#[test]
fn of_its_hang_the_place_is_shown_and_no_panic() {
    let (said, status) = load("for (;;) cpu_relax();", &["--timeout", "5s"]);
    assert!(said.contains("hello_init"), "{said}");
    assert!(said.contains("so the lab stopped the guest"), "{said}");
    assert!(!said.contains("Kernel panic"), "{said}");
    assert_eq!(status, Some(124));
}
