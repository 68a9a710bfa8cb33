// SPDX-License-Identifier: MIT OR Apache-2.0

//! However the lab ends, it leaves no process and no file behind.

use std::fs;
use std::io::Write;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::ExitStatus;

use nix::sys::signal::{Signal, killpg};
use tempfile::TempDir;

use crate::lab::{line_of, run};
use crate::process::{Lab, assert_gone};

/// A lab whose command says that it is up, waits for a line of input, and repeats it.
struct Running {
    lab: Lab,
    temporary: TempDir,
}

impl Running {
    fn start() -> Self {
        let temporary = TempDir::new().unwrap();
        let mut lab = run(&["--verbose", "--", "sh", "-c", "echo up; head -n 1"]);
        lab.env("TMPDIR", temporary.path()).process_group(0);
        let lab = Lab::spawn(&mut lab);
        Running { lab, temporary }
    }

    /// Until the guest's kernel has said its first word.
    fn boots(mut self) -> Self {
        while !line_of(&mut self.lab.0.stderr).contains("] Linux version ") {}
        self
    }

    /// Until the command has said that it is up.
    fn runs(mut self) -> Self {
        assert_eq!(line_of(&mut self.lab.0.stdout), "up\n");
        self
    }

    fn write(&mut self, text: &str) {
        let stdin = self.lab.0.stdin.as_mut().unwrap();
        stdin.write_all(text.as_bytes()).unwrap();
    }

    /// Ends it by `end`, and looks for what is left.
    fn ends_cleanly_by(mut self, end: impl FnOnce(&mut Self)) -> ExitStatus {
        let qemu = self.lab.qemu();
        end(&mut self);
        let status = self.lab.end();
        assert_gone(qemu);
        let files: Vec<_> = fs::read_dir(self.temporary.path()).unwrap().collect();
        assert!(files.is_empty(), "{files:?}");
        status
    }
}

#[test]
fn nothing_is_left_after_an_ordinary_end() {
    let status = Running::start()
        .runs()
        .ends_cleanly_by(|running| running.write("end\n"));
    assert!(status.success());
}

#[test]
fn nothing_is_left_after_ctrl_c() {
    let status = Running::start()
        .runs()
        .ends_cleanly_by(|running| killpg(running.lab.pid(), Signal::SIGINT).unwrap());
    assert_eq!(status.signal(), Some(Signal::SIGINT as i32));
}

#[test]
fn nothing_is_left_after_kill_9() {
    // A guest that is up notices that the lab is gone; one that boots cannot yet.
    for running in [Running::start().boots(), Running::start().runs()] {
        let status = running.ends_cleanly_by(|running| running.lab.signal(Signal::SIGKILL));
        assert_eq!(status.signal(), Some(Signal::SIGKILL as i32));
    }
}

#[test]
fn two_labs_run_at_once_and_know_nothing_of_each_other() {
    // Both guests are up before either is asked.
    let mut labs = [Running::start().runs(), Running::start().runs()];
    for (running, line) in labs.iter_mut().zip(["one\n", "two\n"]) {
        running.write(line);
    }
    for (mut running, line) in labs.into_iter().zip(["one\n", "two\n"]) {
        assert_eq!(line_of(&mut running.lab.0.stdout), line);
        assert!(running.lab.end().success());
    }
}
