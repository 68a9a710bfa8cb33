// SPDX-License-Identifier: MIT OR Apache-2.0

//! A guest that resumed is as good as one that booted.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use super::{BOOT, Memory};

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

#[test]
fn files_reach_a_guest_that_has_resumed_whatever_their_size() {
    let memory = Memory("309");
    let boot = memory.prints(BOOT);
    let folder = tempfile::tempdir().unwrap();
    let mib = 1 << 20;
    for size in [0, 1, mib - 1, mib, mib + 1, 5 * mib, 17 * mib] {
        let file = folder.path().join("file");
        let bytes: Vec<u8> = std::iter::repeat_with(|| fastrand::u8(..))
            .take(size)
            .collect();
        fs::write(&file, bytes).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o741)).unwrap();
        let sum = Command::new("sha256sum")
            .arg(&file)
            .output()
            .unwrap()
            .stdout;
        let sum = String::from_utf8(sum).unwrap();
        let sum = sum.split_whitespace().next().unwrap();

        let script = format!("stat -c %a,%s file; sha256sum file; {BOOT}");
        let output = memory.output(&["--file", file.to_str().unwrap(), "--", "sh", "-c", &script]);
        let resumed = format!("741,{size}\n{sum}  file\n{boot}");
        let printed = String::from_utf8(output.stdout).unwrap();
        // What is large is booted with.
        assert_eq!(printed == resumed, size < 16 * mib, "{size}: {printed}");
        assert!(
            printed.starts_with(&format!("741,{size}\n{sum}  file\n")),
            "{printed}"
        );
    }
}
