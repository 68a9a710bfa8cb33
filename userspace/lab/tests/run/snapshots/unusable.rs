// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where a guest cannot resume, it boots.

use std::fs::{self, File};
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::Path;
use std::process::Stdio;

use super::Memory;
use crate::lab::{assert_output, run};
use crate::process::Lab;

/// What is said where a snapshot is of no use.
const BOOTING: &str = "cargo lab: booting, since the snapshot cannot be used: ";

/// A way to make a snapshot useless.
type Damage = fn(&Path);

fn resize(snapshot: &Path, name: &str, quarters: u64) {
    let file = File::options().write(true).open(snapshot.join(name));
    let file = file.unwrap();
    let length = file.metadata().unwrap().len();
    file.set_len(length * quarters / 4).unwrap();
}

fn make_noise(snapshot: &Path, name: &str) {
    let file = File::options().write(true).open(snapshot.join(name));
    let noise: Vec<u8> = std::iter::repeat_with(|| fastrand::u8(..))
        .take(9000)
        .collect();
    file.unwrap().write_all_at(&noise, 5000).unwrap();
}

/// Whatever its rights are, root can read a file, but nobody a folder.
fn make_unreadable(snapshot: &Path, name: &str) {
    fs::remove_file(snapshot.join(name)).unwrap();
    fs::create_dir(snapshot.join(name)).unwrap();
}

#[test]
fn a_snapshot_that_cannot_be_used_leads_to_a_boot_and_one_line() {
    let memory = Memory("304");
    let damages: [(Damage, &str); 8] = [
        (|it| resize(it, "ram", 2), "ram was damaged\n"),
        (|it| resize(it, "ram", 5), "ram was damaged\n"),
        (|it| resize(it, "state", 2), "state was damaged\n"),
        (
            |it| resize(it, "snapshot.json", 2),
            "snapshot.json: EOF while parsing",
        ),
        (|it| make_noise(it, "ram"), "ram was damaged\n"),
        (|it| make_noise(it, "state"), "state was damaged\n"),
        (
            |it| make_unreadable(it, "ram"),
            "ram: Is a directory (os error 21)\n",
        ),
        (
            |it| make_unreadable(it, "state"),
            "state: Is a directory (os error 21)\n",
        ),
    ];
    for (damage, reason) in damages {
        assert_eq!(memory.prints("echo up"), "up\n");
        damage(&memory.snapshot());
        let output = memory.run("echo up");
        let stderr = String::from_utf8(output.stderr.clone()).unwrap();
        assert!(
            stderr.starts_with(&format!("{BOOTING}{reason}")),
            "{stderr}"
        );
        assert_output(&output, 0, "up\n", &stderr);
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
    }
}

#[test]
fn the_snapshot_of_another_qemu_is_not_used() {
    let memory = Memory("305");
    memory.prints("true");
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("qemu-system-x86_64");
    fs::write(
        &other,
        "#!/bin/sh\nPATH=${PATH#*:} exec qemu-system-x86_64 \"$@\"\n",
    )
    .unwrap();
    fs::set_permissions(&other, fs::Permissions::from_mode(0o755)).unwrap();

    let mut lab = run(&["--mem", memory.0, "--", "echo", "up"]);
    let path = std::env::var("PATH").unwrap();
    lab.env("PATH", format!("{}:{path}", folder.path().display()));
    let output = Lab::spawn(lab.stdin(Stdio::null())).output();
    assert_output(
        &output,
        0,
        "up\n",
        "cargo lab: booting, since the snapshot is of another QEMU\n",
    );
}
