// SPDX-License-Identifier: MIT OR Apache-2.0

//! The QEMU process, which never outlives the lab.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};

use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::signal::Signal;

use super::connection::HangUp;
use crate::child::{Inherited, bind_to_lab};

/// The kernel's last message before it stops for good. QEMU's microvm
/// has no device that could power it off, so QEMU continues to run.
const STOPPED: [&str; 3] = [
    "] reboot: Power down\n",
    "] reboot: System halted\n",
    "] reboot: Power off not available: System halted instead\n",
];

/// A running QEMU. Dropping it kills QEMU.
pub struct Process {
    child: Child,
    /// Reads the guest's console. `None` once it has been joined.
    keeper: Option<JoinHandle<()>>,
    console: Console,
    complaints: File,
}

/// The console's last bytes that are kept, at least: more than all of a kernel's log.
const KEPT: usize = 2 << 20;

/// The guest's console output so far, or the end of it.
type Console = Arc<Mutex<Vec<u8>>>;

/// The output until QEMU ended.
pub struct LastWords {
    /// The guest's console.
    pub console: String,
    /// QEMU's standard error.
    pub qemu: String,
}

impl Process {
    /// Starts `qemu`, which inherits `passed` under their present numbers, and
    /// collects the output of the guest's `console`, with a copy on standard
    /// error if `verbose`. Hangs up if the guest's kernel has stopped.
    pub fn spawn(
        mut qemu: Command,
        passed: Vec<OwnedFd>,
        console: UnixStream,
        hang_up: HangUp,
        verbose: bool,
    ) -> io::Result<Self> {
        let complaints = File::from(memfd_create("qemu-stderr", MFdFlags::MFD_CLOEXEC)?);
        qemu.stdin(Stdio::null())
            .stdout(complaints.try_clone()?)
            .stderr(complaints.try_clone()?)
            // A Ctrl-C in the terminal is for the lab only.
            .process_group(0);
        bind_to_lab(&mut qemu, Signal::SIGKILL, Inherited::Only(passed));

        // The kernel sends the signal of PR_SET_PDEATHSIG when the *thread* that forked ends. So
        // QEMU is started by a thread that does nothing else but read its console until the end.
        let (sender, born) = mpsc::channel();
        let said = Console::default();
        let heard = Arc::clone(&said);
        let keeper = thread::spawn(move || {
            let child = qemu.spawn();
            // Closes our copies of QEMU's ends of the channels; otherwise no channel would end.
            drop(qemu);
            if sender.send(child).is_ok() {
                collect(console, &hang_up, verbose, &heard);
            }
        });
        let child = born.recv().map_err(io::Error::other)??;
        Ok(Process {
            child,
            keeper: Some(keeper),
            console: said,
            complaints,
        })
    }

    /// Returns the guest's console output so far, or the end of it.
    pub fn said(&self) -> String {
        let console = self.console.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&console).replace('\r', "")
    }

    /// Ends QEMU, if it is still running, and returns all output.
    pub fn end(&mut self) -> io::Result<LastWords> {
        self.child.kill()?;
        self.child.wait()?;
        if let Some(keeper) = self.keeper.take() {
            // If it panicked, it has printed that itself.
            let _ = keeper.join();
        }
        let mut qemu = Vec::new();
        self.complaints.rewind()?;
        self.complaints.read_to_end(&mut qemu)?;
        Ok(LastWords {
            console: self.said(),
            qemu: String::from_utf8_lossy(&qemu).trim_end().to_owned(),
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only if the child has been waited for already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collect(mut console: UnixStream, hang_up: &HangUp, verbose: bool, heard: &Console) {
    let mut piece = [0; 4096];
    while let Ok(length @ 1..) = console.read(&mut piece) {
        let mut said = heard.lock().unwrap_or_else(PoisonError::into_inner);
        said.extend_from_slice(&piece[..length]);
        if said.len() > 2 * KEPT {
            let old = said.len() - KEPT;
            said.drain(..old);
        }
        let stopped = has_stopped(&said, length);
        drop(said);
        if verbose {
            // An error of the copy is no reason to end the guest.
            let _ = io::stderr().write_all(&piece[..length]);
        }
        if stopped {
            hang_up.ended();
        }
    }
}

/// Returns whether a message of [`STOPPED`] ends in the last `new` bytes of the console.
fn has_stopped(console: &[u8], new: usize) -> bool {
    let longest = STOPPED.map(str::len).into_iter().max().unwrap_or(0);
    // The message may have begun before them, and the console ends lines with two characters.
    let begin = console.len().saturating_sub(new + longest + 1);
    let text = String::from_utf8_lossy(&console[begin..]).replace('\r', "");
    STOPPED.iter().any(|line| text.contains(line))
}

#[cfg(test)]
mod tests {
    use super::has_stopped;

    #[test]
    fn the_end_of_a_kernel_is_seen_in_whatever_pieces_it_comes() {
        for end in [
            "[    1.0] reboot: Power down\r\n",
            "[    1.0] reboot: System halted\r\n",
            "[    1.0] reboot: Power off not available: System halted instead\r\n",
        ] {
            let console = format!("[    0.9] something else\r\n{end}");
            for new in 1..console.len() {
                assert!(has_stopped(console.as_bytes(), new), "{new}");
            }
        }
        assert!(!has_stopped(b"[    1.0] reboot: Restarting system\r\n", 37));
    }
}
