// SPDX-License-Identifier: MIT OR Apache-2.0

//! The lab as a process that a test ends, even where the test fails.

use std::fs;
use std::io::Read;
use std::process::{Child, Command, ExitStatus, Output};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Far more than anything that is waited for needs, a guest's boot included.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A lab that is running. Dropping it kills it, and thereby its QEMU.
pub struct Lab(pub Child);

impl Lab {
    pub fn spawn(command: &mut Command) -> Self {
        Lab(command.spawn().unwrap())
    }

    pub fn pid(&self) -> Pid {
        Pid::from_raw(self.0.id() as i32)
    }

    pub fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).unwrap();
    }

    /// Waits for its end.
    #[track_caller]
    pub fn end(&mut self) -> ExitStatus {
        wait_for("the lab's end", || self.0.try_wait().unwrap())
    }

    /// Waits for its end without any more input, and returns what it wrote by then.
    #[track_caller]
    pub fn output(mut self) -> Output {
        drop(self.0.stdin.take());
        let stdout = collect(self.0.stdout.take());
        let stderr = collect(self.0.stderr.take());
        Output {
            status: self.end(),
            stdout: stdout.join().unwrap(),
            stderr: stderr.join().unwrap(),
        }
    }

    /// Its QEMU, which is all that it has started by the time that a guest boots.
    pub fn qemu(&self) -> Pid {
        let parent = format!("PPid:\t{}\n", self.pid());
        let names = fs::read_dir("/proc")
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        let children: Vec<_> = names
            .filter_map(|name| Some(Pid::from_raw(name.to_str()?.parse().ok()?)))
            .filter(|&pid| status(pid).is_some_and(|status| status.contains(&parent)))
            .collect();
        let [qemu] = children[..] else {
            panic!("one process is to be the lab's, not {children:?}")
        };
        qemu
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        // Both fail only where it has been waited for already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reads a pipe to its end, so that it never is full.
fn collect(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    thread::spawn(|| {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            pipe.read_to_end(&mut bytes).unwrap();
        }
        bytes
    })
}

#[track_caller]
pub fn assert_gone(pid: Pid) {
    wait_for(&format!("the end of process {pid}"), || {
        // A zombie has ended, and waits for whoever inherited it.
        status(pid)
            .is_none_or(|status| status.contains("State:\tZ"))
            .then_some(())
    });
}

#[track_caller]
fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        sleep(Duration::from_millis(10));
    }
}

/// What the kernel says of a process that is there.
fn status(pid: Pid) -> Option<String> {
    fs::read_to_string(format!("/proc/{pid}/status")).ok()
}
