// SPDX-License-Identifier: MIT OR Apache-2.0

//! However the lab ends, it leaves no process and no file behind.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::lab::run;

/// Far more than the kernel needs to end a process.
const PATIENCE: Duration = Duration::from_secs(10);

/// A lab whose command has started, waits for a line of input, and repeats it.
struct Running {
    lab: Child,
    temporary: TempDir,
}

impl Running {
    fn start() -> Self {
        let temporary = TempDir::new().unwrap();
        let mut lab = run(&["--", "sh", "-c", "echo up; head -n 1"])
            .env("TMPDIR", temporary.path())
            .process_group(0)
            .spawn()
            .unwrap();
        assert_eq!(read_line(&mut lab), "up\n");
        Running { lab, temporary }
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.lab.id() as i32)
    }

    /// The processes that the lab has made.
    fn children(&self) -> Vec<PathBuf> {
        let parent = format!("PPid:\t{}\n", self.lab.id());
        let processes = fs::read_dir("/proc")
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let is_child = |process: &PathBuf| {
            fs::read_to_string(process.join("status")).is_ok_and(|status| status.contains(&parent))
        };
        processes.filter(is_child).collect()
    }

    /// Ends it by `end`, and looks for what is left.
    fn ends_cleanly_by(mut self, end: impl FnOnce(&mut Self)) -> ExitStatus {
        let children = self.children();
        assert_eq!(
            children.len(),
            1,
            "QEMU is the lab's one process: {children:?}"
        );
        end(&mut self);
        let status = self.lab.wait().unwrap();
        for child in children {
            assert_gone(&child);
        }
        let files: Vec<_> = fs::read_dir(self.temporary.path()).unwrap().collect();
        assert!(files.is_empty(), "{files:?}");
        status
    }
}

fn read_line(lab: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(lab.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    line
}

fn assert_gone(process: &Path) {
    let start = Instant::now();
    while process.exists() {
        assert!(
            start.elapsed() < PATIENCE,
            "{} is still there",
            process.display()
        );
        sleep(Duration::from_millis(10));
    }
}

#[test]
fn nothing_is_left_after_an_ordinary_end() {
    let status = Running::start().ends_cleanly_by(|running| {
        running
            .lab
            .stdin
            .as_mut()
            .unwrap()
            .write_all(b"end\n")
            .unwrap();
    });
    assert!(status.success());
}

#[test]
fn nothing_is_left_after_ctrl_c() {
    let status =
        Running::start().ends_cleanly_by(|running| killpg(running.pid(), Signal::SIGINT).unwrap());
    assert_eq!(status.signal(), Some(Signal::SIGINT as i32));
}

#[test]
fn nothing_is_left_after_kill_9() {
    let status =
        Running::start().ends_cleanly_by(|running| kill(running.pid(), Signal::SIGKILL).unwrap());
    assert_eq!(status.signal(), Some(Signal::SIGKILL as i32));
}

#[test]
fn two_labs_run_at_once_and_know_nothing_of_each_other() {
    // Both guests are up before either is asked.
    let mut labs = [Running::start(), Running::start()];
    for (running, line) in labs.iter_mut().zip(["one\n", "two\n"]) {
        running
            .lab
            .stdin
            .as_mut()
            .unwrap()
            .write_all(line.as_bytes())
            .unwrap();
    }
    for (mut running, line) in labs.into_iter().zip(["one\n", "two\n"]) {
        assert_eq!(read_line(&mut running.lab), line);
        assert!(running.lab.wait().unwrap().success());
    }
}
