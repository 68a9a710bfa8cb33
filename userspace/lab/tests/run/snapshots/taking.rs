// SPDX-License-Identifier: MIT OR Apache-2.0

//! A snapshot is whole or not there, whoever takes it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use nix::sys::signal::Signal;

use super::{Memory, cache, folders};
use crate::lab::{assert_output, run};
use crate::process::Lab;

#[test]
fn a_full_disk_leads_to_a_boot_and_one_line() {
    // A disk of the test's own, in the place of the snapshots.
    fs::create_dir_all(cache()).unwrap();
    let script = "mount -t tmpfs -o size=1M none \"$1\" && exec \"$2\" run --mem 308 -- echo up";
    let namespaces = match nix::unistd::geteuid().is_root() {
        true => &["--mount"][..],
        false => &["--mount", "--map-root-user"],
    };
    let mut lab = Command::new("unshare");
    lab.args(namespaces).args(["sh", "-c", script, "sh"]);
    lab.arg(cache()).arg(env!("CARGO_BIN_EXE_lab"));
    let output = lab.stdin(Stdio::null()).output().unwrap();
    let stderr = String::from_utf8(output.stderr.clone()).unwrap();
    assert_output(&output, 0, "up\n", &stderr);
    assert!(
        stderr.starts_with("cargo lab: guests will boot, since no snapshot could be taken: ")
            && stderr.ends_with(": No space left on device (os error 28)\n"),
        "{stderr}"
    );
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
}

#[test]
fn nothing_is_left_of_a_lab_that_is_killed_while_it_takes_one() {
    let memory = Memory("306");
    let is_partial = |folder: &PathBuf| {
        let name = folder.file_name().unwrap().to_string_lossy();
        name.starts_with(".partial-")
    };
    // The moment is short.
    for _ in 0..20 {
        let before = folders();
        let mut lab = run(&["--mem", memory.0, "--", "true"]);
        let mut lab = Lab::spawn(lab.stdin(Stdio::null()));
        let caught = loop {
            if folders().difference(&before).any(is_partial) {
                lab.signal(Signal::SIGKILL);
                lab.end();
                break memory.snapshots().is_empty();
            }
            if lab.0.try_wait().unwrap().is_some() {
                break false;
            }
        };
        if caught {
            assert_eq!(memory.prints("echo up"), "up\n");
            // The one that takes the next clears up.
            memory.snapshot();
            return;
        }
        for snapshot in memory.snapshots() {
            fs::remove_dir_all(snapshot).unwrap();
        }
    }
    panic!("no lab was caught while it took a snapshot");
}

#[test]
fn labs_that_want_the_same_one_do_not_disturb_each_other() {
    let memory = Memory("307");
    let labs = [(); 4].map(|()| {
        let mut lab = run(&["--mem", memory.0, "--", "echo", "up"]);
        Lab::spawn(lab.stdin(Stdio::null()))
    });
    for lab in labs {
        assert_output(&lab.output(), 0, "up\n", "");
    }
    memory.snapshot();
    assert_eq!(memory.prints("echo up"), "up\n");
}
