// SPDX-License-Identifier: MIT OR Apache-2.0

//! Messages to PID 1 and back.

use std::io::{self, ErrorKind};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lab_protocol::{File, FileKind, ToGuest, ToHost, read_frame, write_frame};

/// How much of a file one message carries.
pub const PIECE: usize = 1 << 20;

/// The lab's end of the port, to read from.
pub struct Connection {
    port: UnixStream,
    sender: Sender,
    is_left: Arc<AtomicBool>,
}

/// The lab's end of the port, to write to; several threads may.
#[derive(Clone)]
pub struct Sender(Arc<Mutex<UnixStream>>);

/// Ends the connection from another thread, even while that blocks others.
pub struct HangUp {
    port: UnixStream,
    is_left: Arc<AtomicBool>,
}

/// What came instead of a message.
pub enum Silence {
    /// The guest has ended.
    Ended,
    /// The lab's user has left it.
    Left,
    /// Nothing, until the deadline.
    TimedOut,
    /// Something is wrong with the port itself.
    Broken(io::Error),
}

impl Connection {
    pub fn new(port: UnixStream) -> io::Result<Self> {
        let sender = Sender(Arc::new(Mutex::new(port.try_clone()?)));
        Ok(Connection {
            port,
            sender,
            is_left: Arc::default(),
        })
    }

    pub fn hang_up(&self) -> io::Result<HangUp> {
        Ok(HangUp {
            port: self.port.try_clone()?,
            is_left: Arc::clone(&self.is_left),
        })
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
            _ if self.is_left.load(Ordering::Relaxed) => Err(Silence::Left),
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

impl HangUp {
    /// For a guest that has ended, though QEMU has not noticed.
    pub fn ended(&self) {
        // It fails where there is no connection any more.
        let _ = self.port.shutdown(Shutdown::Both);
    }

    /// For a guest that its user wants to leave.
    pub fn leave(&self) {
        self.is_left.store(true, Ordering::Relaxed);
        self.ended();
    }
}

impl Sender {
    /// Sends a message.
    pub fn send(&self, message: &ToGuest) -> io::Result<()> {
        let mut port = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        write_frame(&mut *port, message)
    }

    /// Puts a program into the guest while a command runs.
    pub fn put(&self, path: &str, program: &[u8]) -> io::Result<()> {
        // One that is empty is a file too.
        let pieces = program
            .chunks(PIECE)
            .chain(program.is_empty().then_some(&[][..]));
        for (number, piece) in pieces.enumerate() {
            self.send(&ToGuest::Put(File {
                path: path.to_owned(),
                kind: FileKind::Regular {
                    mode: 0o755,
                    offset: (number * PIECE) as u64,
                    bytes: piece.to_vec(),
                },
            }))?;
        }
        Ok(())
    }
}
