// SPDX-License-Identifier: MIT OR Apache-2.0

//! Messages to PID 1 and back.

use std::io::{self, ErrorKind};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lab_protocol::{File, FileKind, ToGuest, ToHost, read_frame, write_frame};

/// The number of bytes of a file in one message.
pub const PIECE: usize = 1 << 20;

/// The lab's end of the port, to read from.
pub struct Connection {
    port: UnixStream,
    sender: Sender,
    is_left: Arc<AtomicBool>,
}

/// The lab's end of the port, to write to. Several threads may share it.
#[derive(Clone)]
pub struct Sender(Arc<Mutex<UnixStream>>);

/// Ends the connection from another thread, even while other threads are blocked on it.
pub struct HangUp {
    port: UnixStream,
    is_left: Arc<AtomicBool>,
}

/// Why no message came.
pub enum Silence {
    /// The guest has ended.
    Ended,
    /// The lab's user has left the guest.
    Left,
    /// The deadline has passed.
    TimedOut,
    /// The port itself has failed.
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

    /// Waits for a message until `deadline`, or without a limit.
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
                // The guest ended in the middle of a message.
                ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset => Silence::Ended,
                _ => Silence::Broken(error),
            }),
        }
    }
}

impl HangUp {
    /// Hangs up because the guest has ended, although QEMU has not.
    pub fn ended(&self) {
        // Fails if the connection is closed already.
        let _ = self.port.shutdown(Shutdown::Both);
    }

    /// Hangs up because the user leaves the guest.
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

    /// Puts a program into the guest while a command is running.
    pub fn put(&self, path: &str, program: &[u8]) -> io::Result<()> {
        // An empty file needs one empty message.
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
