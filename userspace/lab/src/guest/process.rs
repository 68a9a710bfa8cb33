// SPDX-License-Identifier: MIT OR Apache-2.0

//! The QEMU process, which never outlives the lab.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::signal::Signal;

use crate::child::bind_to_lab;

/// A running QEMU. Dropping it kills QEMU.
pub struct Process {
    child: Child,
    /// Returns what the guest's console said. Gone once that has been asked for.
    keeper: Option<JoinHandle<Vec<u8>>>,
    complaints: File,
}

/// What was said by the time that QEMU had ended.
pub struct LastWords {
    /// By the guest, on its console.
    pub console: String,
    /// By QEMU, on its standard error.
    pub qemu: String,
}

impl Process {
    /// Starts `qemu`, which inherits `passed` under their present numbers, and collects what
    /// comes from the guest's `console`, with a copy on standard error where `verbose`.
    pub fn spawn(
        mut qemu: Command,
        passed: Vec<OwnedFd>,
        console: UnixStream,
        verbose: bool,
    ) -> io::Result<Self> {
        let complaints = File::from(memfd_create("qemu-stderr", MFdFlags::MFD_CLOEXEC)?);
        qemu.stdin(Stdio::null())
            .stdout(complaints.try_clone()?)
            .stderr(complaints.try_clone()?)
            // The terminal's Ctrl-C is for the lab.
            .process_group(0);
        bind_to_lab(&mut qemu, Signal::SIGKILL, passed);

        // The kernel kills a process by PR_SET_PDEATHSIG when the *thread* that made it ends.
        // The thread that makes this one has nothing to do but to listen to it till its end.
        let (sender, born) = mpsc::channel();
        let keeper = thread::spawn(move || {
            let child = qemu.spawn();
            // With the command go our copies of QEMU's ends, or else no channel would ever end.
            drop(qemu);
            if sender.send(child).is_err() {
                return Vec::new();
            }
            collect(console, verbose)
        });
        let child = born.recv().map_err(io::Error::other)??;
        Ok(Process {
            child,
            keeper: Some(keeper),
            complaints,
        })
    }

    /// Ends QEMU, if it has not ended yet, and returns all that was said.
    pub fn end(&mut self) -> io::Result<LastWords> {
        self.child.kill()?;
        self.child.wait()?;
        let console = self.keeper.take().and_then(|keeper| keeper.join().ok());
        let mut qemu = Vec::new();
        self.complaints.rewind()?;
        self.complaints.read_to_end(&mut qemu)?;
        Ok(LastWords {
            console: String::from_utf8_lossy(&console.unwrap_or_default()).replace('\r', ""),
            qemu: String::from_utf8_lossy(&qemu).trim_end().to_owned(),
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only where it has been waited for already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collect(mut console: UnixStream, verbose: bool) -> Vec<u8> {
    let mut said = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(length @ 1..) = console.read(&mut piece) {
        said.extend_from_slice(&piece[..length]);
        if verbose {
            // A copy that nobody can take is no reason to end the guest.
            let _ = io::stderr().write_all(&piece[..length]);
        }
    }
    said
}
