// SPDX-License-Identifier: MIT OR Apache-2.0

//! Passes a command's output on to the lab's own.

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsFd;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;

use super::deadline::Deadline;

/// One of the lab's own streams. A write fails with `TimedOut` at the deadline, even if the reader
/// has stopped reading. Bytes are passed on as they come, without waiting for a whole line.
pub struct Stream {
    deadline: Deadline,
    pieces: Sender<Vec<u8>>,
    written: Receiver<io::Result<()>>,
}

/// The lab's own output did not accept what a command had written.
#[derive(Debug)]
pub struct Undelivered(pub io::Error);

impl Stream {
    /// Uses `stream` without making it nonblocking, since other processes may share it. So writing
    /// may block, and is done by a thread of its own.
    pub fn new(stream: impl AsFd, deadline: Deadline) -> io::Result<Self> {
        let mut stream = File::from(stream.as_fd().try_clone_to_owned()?);
        let (pieces, to_write) = mpsc::channel::<Vec<u8>>();
        let (results, written) = mpsc::channel();
        thread::spawn(move || {
            for piece in to_write {
                if results.send(stream.write_all(&piece)).is_err() {
                    return;
                }
            }
        });
        Ok(Stream {
            deadline,
            pieces,
            written,
        })
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (self.pieces.send(bytes.to_vec())).map_err(io::Error::other)?;
        match self.written.recv_timeout(self.deadline.left()) {
            Ok(result) => result.map(|()| bytes.len()),
            Err(RecvTimeoutError::Timeout) => Err(ErrorKind::TimedOut.into()),
            Err(error @ RecvTimeoutError::Disconnected) => Err(io::Error::other(error)),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot write the output")
    }
}

impl Error for Undelivered {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}
