// SPDX-License-Identifier: MIT OR Apache-2.0

//! A guest that resumed is as good as one that booted, and where it cannot resume, it boots.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use nix::sys::signal::Signal;

use crate::lab::{assert_output, output, run};
use crate::process::Lab;

/// What is said where a snapshot is of no use.
const BOOTING: &str = "cargo lab: booting, since the snapshot cannot be used: ";

/// A size of memory that one test alone asks for, and so a snapshot that it has for itself.
struct Memory(&'static str);

impl Memory {
    fn run(&self, script: &str) -> Output {
        self.output(&["--", "sh", "-c", script])
    }

    fn output(&self, arguments: &[&str]) -> Output {
        output(&[&["--mem", self.0], arguments].concat())
    }

    /// Runs a command, and returns what it prints. The lab must not say anything.
    #[track_caller]
    fn prints(&self, script: &str) -> String {
        let output = self.run(script);
        let stdout = String::from_utf8(output.stdout.clone()).unwrap();
        assert_output(&output, 0, &stdout, "");
        stdout
    }

    /// The folders of its snapshots.
    fn snapshots(&self) -> Vec<PathBuf> {
        let argument = format!("\"{}\"", self.0);
        let is_its = |folder: &PathBuf| {
            let description = fs::read_to_string(folder.join("snapshot.json"));
            description.is_ok_and(|it| it.contains(&argument))
        };
        folders().into_iter().filter(is_its).collect()
    }

    #[track_caller]
    fn snapshot(&self) -> PathBuf {
        let snapshots = self.snapshots();
        assert_eq!(snapshots.len(), 1, "{snapshots:?}");
        snapshots[0].clone()
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        for snapshot in self.snapshots() {
            fs::remove_dir_all(snapshot).unwrap();
        }
    }
}

fn cache() -> PathBuf {
    dirs::cache_dir().unwrap().join("hiboma-rs/snapshots")
}

/// All that is in the snapshots' folder.
fn folders() -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(cache()).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// When the guest's kernel started PID 1, to the microsecond: only guests of one boot agree on it.
const BOOT: &str = "dmesg | grep 'Run /init'";

#[test]
fn the_second_guest_resumes_where_the_first_had_booted() {
    let memory = Memory("301");
    let first = memory.prints(BOOT);
    assert_eq!(memory.prints(BOOT), first);
    let cold = memory.output(&["--cold", "--", "sh", "-c", BOOT]);
    assert_ne!(String::from_utf8(cold.stdout).unwrap(), first);
    // Of that one no snapshot was taken.
    assert_eq!(memory.prints(BOOT), first);
}

#[test]
fn two_guests_of_a_snapshot_know_the_time_and_draw_different_random_numbers() {
    let memory = Memory("302");
    memory.prints("true");
    let script = "date +%s; cat /proc/sys/kernel/random/uuid /proc/sys/kernel/random/boot_id; \
                  head -c 16 /dev/urandom | od -A n -t x1";
    let told = [(); 2].map(|()| {
        let before = now();
        let text = memory.prints(script);
        let (time, random) = text.split_once('\n').unwrap();
        let time: u64 = time.parse().unwrap();
        assert!(
            (before..=now()).contains(&time),
            "{time}, and it was {before}"
        );
        random.lines().map(str::to_owned).collect::<Vec<_>>()
    });
    for (one, other) in told[0].iter().zip(&told[1]) {
        assert_ne!(one, other);
    }
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap().as_secs()
}

#[test]
fn a_program_finds_what_it_finds_in_a_guest_that_booted() {
    let memory = Memory("303");
    memory.prints("true");
    // Of two boots, the kernel's own threads are not quite the same.
    let script = "ls -l /proc/1/fd /root /lib/modules | sed 's/[0-9][0-9]:[0-9][0-9]//; s/\\[.*//'
                  ps -o args > /tmp/ps; grep -v '^[[{]' /tmp/ps
                  test $$ -lt 50 && echo early
                  test $(cut -d. -f1 /proc/uptime) -lt 30 && echo young";
    let cold = memory.output(&["--cold", "--", "sh", "-c", script]);
    let cold = String::from_utf8(cold.stdout).unwrap();
    assert!(cold.ends_with("early\nyoung\n"), "{cold}");
    let resumed = memory.prints(script);
    assert!(
        resumed == cold,
        "{}",
        similar::TextDiff::from_lines(&cold, &resumed).unified_diff()
    );
}

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
        &format!("{BOOTING}another QEMU made it\n"),
    );
}

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
fn two_labs_that_want_the_same_one_do_not_disturb_each_other() {
    let memory = Memory("307");
    let labs = [(); 2].map(|()| {
        let mut lab = run(&["--mem", memory.0, "--", "echo", "up"]);
        Lab::spawn(lab.stdin(Stdio::null()))
    });
    for lab in labs {
        assert_output(&lab.output(), 0, "up\n", "");
    }
    assert_eq!(memory.prints("echo up"), "up\n");
}
