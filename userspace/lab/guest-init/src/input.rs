// SPDX-License-Identifier: MIT OR Apache-2.0

//! A program's input, which it may read more slowly than the lab sends it.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// PID 1's end of a program's standard input.
pub struct Input {
    /// `None` once it is closed.
    file: Option<File>,
    /// Bytes from the lab that the program has not read yet.
    pending: Vec<u8>,
    /// Whether the lab has sent the end.
    ends: bool,
}

impl Input {
    /// `fd` must be nonblocking.
    pub fn new(fd: OwnedFd) -> Self {
        Input {
            file: Some(fd.into()),
            pending: Vec::new(),
            ends: false,
        }
    }

    /// Returns whether to accept more from the lab. Only one piece at a time is kept here, so
    /// that a program that does not read stops the lab, and does not fill the guest's memory.
    pub fn has_room(&self) -> bool {
        self.pending.is_empty()
    }

    /// Returns the descriptor that must become writable before there is room.
    pub fn waits_for(&self) -> Option<BorrowedFd<'_>> {
        let waits = !self.has_room();
        self.file
            .as_ref()
            .filter(|_| waits)
            .map(|file| file.as_fd())
    }

    /// Accepts a piece from the lab; an empty one is the end.
    pub fn push(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        self.ends |= bytes.is_empty();
        self.pending = bytes;
        self.flush()
    }

    /// Writes as much as the program accepts now.
    pub fn flush(&mut self) -> io::Result<()> {
        while let Some(file) = &mut self.file
            && !self.pending.is_empty()
        {
            match file.write(&self.pending) {
                Ok(written) => drop(self.pending.drain(..written)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if is_closed(&error) => self.file = None,
                Err(error) => return Err(error),
            }
        }
        if self.ends {
            self.file = None;
        }
        if self.file.is_none() {
            self.pending.clear();
        }
        Ok(())
    }
}

/// Returns whether nobody can read any more: `EPIPE` from a pipe, `EIO` from a terminal.
fn is_closed(error: &io::Error) -> bool {
    error.kind() == ErrorKind::BrokenPipe
        || error.raw_os_error() == Some(nix::errno::Errno::EIO as i32)
}
