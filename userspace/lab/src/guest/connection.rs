// SPDX-License-Identifier: MIT OR Apache-2.0

//! Messages to PID 1 and back.

use std::io::{self, ErrorKind};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lab_protocol::{ToGuest, ToHost, read_frame, write_frame};

/// The lab's end of the port, to read from.
pub struct Connection {
    port: UnixStream,
    sender: Sender,
}

/// The lab's end of the port, to write to; several threads may.
#[derive(Clone)]
pub struct Sender(Arc<Mutex<UnixStream>>);

/// What came instead of a message.
pub enum Silence {
    /// The guest has ended.
    Ended,
    /// Nothing, until the deadline.
    TimedOut,
    /// Something is wrong with the port itself.
    Broken(io::Error),
}

impl Connection {
    pub fn new(port: UnixStream) -> io::Result<Self> {
        let sender = Sender(Arc::new(Mutex::new(port.try_clone()?)));
        Ok(Connection { port, sender })
    }

    pub fn sender(&self) -> Sender {
        self.sender.clone()
    }

    /// Waits for a message until `deadline`, or for as long as it takes.
    pub fn receive(&mut self, deadline: Option<Instant>) -> Result<ToHost, Silence> {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if left == Some(Duration::ZERO) {
            return Err(Silence::TimedOut);
        }
        let received = (self.port.set_read_timeout(left)).and_then(|()| read_frame(&mut self.port));
        match received {
            Ok(Some(message)) => Ok(message),
            Ok(None) => Err(Silence::Ended),
            Err(error) => Err(match error.kind() {
                ErrorKind::WouldBlock => Silence::TimedOut,
                // It ended while it was talking.
                ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset => Silence::Ended,
                _ => Silence::Broken(error),
            }),
        }
    }
}

impl Sender {
    /// Sends a message.
    pub fn send(&self, message: &ToGuest) -> io::Result<()> {
        let mut port = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        write_frame(&mut *port, message)
    }
}
