// SPDX-License-Identifier: MIT OR Apache-2.0

//! A guest that is stopped until gdb continues it, and the command that it then runs.

use std::io::Write;
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};

use anyhow::Result;
use lab_protocol::Command;

use crate::guest::{Failure, Guest, HangUp, Kind};

/// A guest that gdb controls. Dropping it ends the guest.
pub struct Served {
    hang_up: HangUp,
    /// Dropped to let the guest's thread end.
    goes_on: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Served {
    /// Lets gdb connect at this address of QEMU. The command's output, and how it ended, go to `printed`; then
    /// the guest is stopped again.
    pub fn new(
        mut guest: Guest,
        address: &str,
        command: Option<Command>,
        mut printed: Box<dyn Write + Send>,
    ) -> Result<Self> {
        guest.serve_gdb(address)?;
        let hang_up = guest.hang_up()?;
        let (goes_on, ends) = mpsc::channel();
        let thread = thread::spawn(move || {
            if let Some(command) = command {
                // If nobody reads the output, gdb still controls the guest.
                let _ = run(&mut guest, command, &mut printed);
            }
            // Returns an error when the other end is dropped.
            let _ = ends.recv();
        });
        Ok(Served {
            hang_up,
            goes_on: Some(goes_on),
            thread: Some(thread),
        })
    }

    /// Waits until the lab is ended.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.hang_up.leave();
        self.goes_on = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Runs the command, and stops the guest when the command has ended.
fn run(guest: &mut Guest, command: Command, printed: &mut dyn Write) -> Result<()> {
    let name = command.argv.join(" ");
    match guest.run_to(command, printed) {
        Ok(status) => {
            let code = status.code();
            writeln!(printed, "cargo lab: `{name}` has ended, status {code}")?;
        }
        // gdb ended before the command.
        Err(error) if is_left(&error) => return Ok(()),
        // If the guest has ended, gdb notices that itself.
        Err(error) => writeln!(printed, "cargo lab: {error:#}")?,
    }
    guest.stop()
}

fn is_left(error: &anyhow::Error) -> bool {
    let failure = error.downcast_ref::<Failure>();
    failure.is_some_and(|failure| failure.kind == Kind::Left)
}
