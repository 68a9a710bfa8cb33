// SPDX-License-Identifier: MIT OR Apache-2.0

//! A guest that stands still until gdb has it go on, and the command that it then runs.

use std::io::Write;
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};

use anyhow::Result;
use lab_protocol::Command;

use crate::guest::{Failure, Guest, HangUp, Kind};

/// A guest that gdb has. Dropping it ends the guest.
pub struct Served {
    hang_up: HangUp,
    /// Dropped to end the guest.
    goes_on: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Served {
    /// Lets a gdb connect to this address of QEMU's. What the command prints goes to `printed`, and how it has
    /// ended; then the guest stands still again.
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
                // Where nobody takes what is printed, gdb still has the guest.
                let _ = run(&mut guest, command, &mut printed);
            }
            // An error says that the other end is dropped.
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

/// Runs the command, and stops the guest when it has ended.
fn run(guest: &mut Guest, command: Command, printed: &mut dyn Write) -> Result<()> {
    let name = command.argv.join(" ");
    match guest.run_to(command, printed) {
        Ok(status) => {
            let code = status.code();
            writeln!(printed, "cargo lab: `{name}` has ended, status {code}")?;
        }
        // gdb has ended before it.
        Err(error) if is_left(&error) => return Ok(()),
        // Where the guest has ended, gdb notices by itself.
        Err(error) => writeln!(printed, "cargo lab: {error:#}")?,
    }
    guest.stop()
}

fn is_left(error: &anyhow::Error) -> bool {
    let failure = error.downcast_ref::<Failure>();
    failure.is_some_and(|failure| failure.kind == Kind::Left)
}
