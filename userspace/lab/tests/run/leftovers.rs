// SPDX-License-Identifier: MIT OR Apache-2.0

//! However the lab ends, it leaves no process and no file behind.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::lab::run;

/// Far more than the kernel needs to end a process.
const PATIENCE: Duration = Duration::from_secs(10);

/// A lab whose command says that it is up, waits for a line of input, and repeats it.
struct Running {
    lab: Child,
    temporary: TempDir,
}

impl Running {
    fn start() -> Self {
        let temporary = TempDir::new().unwrap();
        let lab = run(&["--verbose", "--", "sh", "-c", "echo up; head -n 1"])
            .env("TMPDIR", temporary.path())
            .process_group(0)
            .spawn()
            .unwrap();
        Running { lab, temporary }
    }

    /// Until the guest's kernel has said its first word.
    fn boots(mut self) -> Self {
        let mut console = BufReader::new(self.lab.stderr.as_mut().unwrap()).lines();
        assert!(console.any(|line| line.unwrap().contains("] Linux version ")));
        self
    }

    /// Until the command has said that it is up.
    fn runs(mut self) -> Self {
        assert_eq!(line_of(&mut self.lab.stdout), "up\n");
        self
    }

    fn write(&mut self, text: &str) {
        let stdin = self.lab.stdin.as_mut().unwrap();
        stdin.write_all(text.as_bytes()).unwrap();
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.lab.id() as i32)
    }

    /// The lab's QEMU, which is all that it has started by now.
    fn qemu(&self) -> Pid {
        let parent = format!("PPid:\t{}\n", self.lab.id());
        let children: Vec<_> = processes()
            .filter(|&pid| status(pid).is_some_and(|status| status.contains(&parent)))
            .collect();
        let [qemu] = children[..] else {
            panic!("one process is to be the lab's, not {children:?}")
        };
        qemu
    }

    /// Ends it by `end`, and looks for what is left.
    fn ends_cleanly_by(mut self, end: impl FnOnce(&mut Self)) -> ExitStatus {
        let qemu = self.qemu();
        end(&mut self);
        let status = self.lab.wait().unwrap();
        assert_gone(qemu);
        let files: Vec<_> = fs::read_dir(self.temporary.path()).unwrap().collect();
        assert!(files.is_empty(), "{files:?}");
        status
    }
}

fn line_of(output: &mut Option<impl Read>) -> String {
    let mut line = String::new();
    let output = output.as_mut().unwrap();
    BufReader::new(output).read_line(&mut line).unwrap();
    line
}

fn processes() -> impl Iterator<Item = Pid> {
    let names = fs::read_dir("/proc")
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    names.filter_map(|name| Some(Pid::from_raw(name.to_str()?.parse().ok()?)))
}

/// What the kernel says of a process that is there.
fn status(pid: Pid) -> Option<String> {
    fs::read_to_string(format!("/proc/{pid}/status")).ok()
}

fn assert_gone(pid: Pid) {
    let start = Instant::now();
    // A zombie has ended, and waits for whoever inherited it.
    while status(pid).is_some_and(|status| !status.contains("State:\tZ")) {
        assert!(start.elapsed() < PATIENCE, "process {pid} is still there");
        sleep(Duration::from_millis(10));
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
        .ends_cleanly_by(|running| killpg(running.pid(), Signal::SIGINT).unwrap());
    assert_eq!(status.signal(), Some(Signal::SIGINT as i32));
}

#[test]
fn nothing_is_left_after_kill_9() {
    // A guest that is up notices that the lab is gone; one that boots cannot yet.
    for running in [Running::start().boots(), Running::start().runs()] {
        let status =
            running.ends_cleanly_by(|running| kill(running.pid(), Signal::SIGKILL).unwrap());
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
        assert_eq!(line_of(&mut running.lab.stdout), line);
        assert!(running.lab.wait().unwrap().success());
    }
}
