// SPDX-License-Identifier: MIT OR Apache-2.0

//! Passes data between the lab and a program while it runs.
//!
//! A command ends when its own process ends. Processes that it left running in the background are
//! killed then, so that the next command finds a quiet guest, and no pipe stays open forever.
//! The output that those processes had written by then still reaches the lab.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::fd::{AsFd, OwnedFd};

use anyhow::{Result, bail};
use lab_protocol::{MAX_CHUNK, Status, ToGuest, ToHost, read_frame, write_frame};
use nix::errno::Errno;
use nix::poll::PollFlags;
use nix::unistd::Pid;

use crate::children::Children;
use crate::command::{Carry, Running};
use crate::input::Input;
use crate::poll_set::PollSet;
use crate::{files, terminal};

/// Whether a program's input comes from the lab, or is empty.
pub struct HasInput(pub bool);

/// Serves one program until it, its children and its output have ended.
pub fn relay(
    port: &mut File,
    children: &Children,
    running: Running,
    has_input: HasInput,
) -> Result<()> {
    let mut relay = Relay::new(port, children, running);
    if !has_input.0 {
        relay.input.push(Vec::new())?;
    }
    // No signal reports a program that has ended already, see `Children::start`.
    relay.reap()?;
    let status = loop {
        relay.step()?;
        if let Some(status) = relay.status
            && relay.outputs.is_empty()
            && !relay.children_left
        {
            break status;
        }
    };
    Ok(write_frame(port, &ToHost::Exited(status))?)
}

struct Relay<'a> {
    port: &'a mut File,
    children: &'a Children,
    children_left: bool,
    pid: Pid,
    /// How the program ended, once it has.
    status: Option<Status>,
    input: Input,
    /// The outputs that have not ended.
    outputs: Vec<(File, Carry)>,
    terminal: Option<OwnedFd>,
}

impl<'a> Relay<'a> {
    fn new(port: &'a mut File, children: &'a Children, running: Running) -> Self {
        let outputs = running.outputs.into_iter();
        Relay {
            port,
            children,
            children_left: true,
            pid: running.pid,
            status: None,
            input: Input::new(running.input),
            outputs: outputs.map(|(fd, carry)| (fd.into(), carry)).collect(),
            terminal: running.terminal,
        }
    }

    /// Waits for the next event, and handles it.
    fn step(&mut self) -> Result<()> {
        let mut set = PollSet::default();
        let children = set.add(self.children.as_fd(), PollFlags::POLLIN);
        let port = (self.input.has_room()).then(|| set.add(self.port.as_fd(), PollFlags::POLLIN));
        let input = (self.input.waits_for()).map(|fd| set.add(fd, PollFlags::POLLOUT));
        let outputs: Vec<_> = (self.outputs.iter())
            .map(|(file, _)| set.add(file.as_fd(), PollFlags::POLLIN))
            .collect();
        let ready = set.wait()?;

        if ready.has(children) {
            self.reap()?;
        }
        if ready.has(port) {
            self.take_request()?;
        }
        if ready.has(input) {
            self.input.flush()?;
        }
        // From the last to the first, since an output that has ended is removed from the list.
        for (index, slot) in outputs.into_iter().enumerate().rev() {
            if ready.has(slot) {
                self.pass_output(index)?;
            }
        }
        Ok(())
    }

    fn reap(&mut self) -> Result<()> {
        let ran = self.status.is_none();
        self.children_left = self.children.reap(|pid, status| {
            if pid == self.pid {
                self.status = Some(status);
            }
        })?;
        if ran && self.status.is_some() {
            self.children.kill_all()?;
        }
        Ok(())
    }

    fn take_request(&mut self) -> Result<()> {
        match read_frame(self.port)? {
            Some(ToGuest::Stdin(bytes)) => self.input.push(bytes)?,
            Some(ToGuest::Resize(size)) => {
                if let Some(terminal) = &self.terminal {
                    terminal::resize(terminal, size)?;
                }
            }
            Some(ToGuest::Put(file)) => {
                if let Err(error) = files::put(file) {
                    let message = format!("{error:#}\r\n").into_bytes();
                    write_frame(self.port, &ToHost::Stdout(message))?;
                }
            }
            Some(other) => bail!("the lab sent {other:?} while a command ran"),
            None => bail!("the lab hung up while a command ran"),
        }
        Ok(())
    }

    fn pass_output(&mut self, index: usize) -> Result<()> {
        let (file, carry) = &mut self.outputs[index];
        let mut bytes = vec![0; MAX_CHUNK];
        match file.read(&mut bytes) {
            Ok(0) => drop(self.outputs.remove(index)),
            Ok(length) => {
                bytes.truncate(length);
                write_frame(self.port, &carry(bytes))?;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            // The last user of the terminal is gone.
            Err(error) if is(&error, Errno::EIO) => drop(self.outputs.remove(index)),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

fn is(error: &io::Error, errno: Errno) -> bool {
    error.raw_os_error() == Some(errno as i32)
}
