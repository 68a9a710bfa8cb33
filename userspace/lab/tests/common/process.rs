// SPDX-License-Identifier: MIT OR Apache-2.0

//! The lab as a process that a test ends, even where the test fails.

use std::fs;
use std::process::{Child, Command, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Far more than anything that is waited for needs, a guest's boot included.
pub const PATIENCE: Duration = Duration::from_secs(60);

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

    /// The processes that it has made.
    pub fn children(&self) -> Vec<Pid> {
        let parent = format!("PPid:\t{}\n", self.pid());
        let names = fs::read_dir("/proc")
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        names
            .filter_map(|name| Some(Pid::from_raw(name.to_str()?.parse().ok()?)))
            .filter(|&pid| status(pid).is_some_and(|status| status.contains(&parent)))
            .collect()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        // Both fail only where it has been waited for already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
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
