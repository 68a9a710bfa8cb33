// SPDX-License-Identifier: MIT OR Apache-2.0

//! The protocol between the lab and the guest's PID 1, over one virtio-serial port.
//!
//! The host sends requests, and the guest answers, one request at a time. A frame is the length
//! of its body (`u32`, little-endian) and the body, a [`ToGuest`] or [`ToHost`] in postcard's
//! encoding.
//!
//! ```text
//! host                                 guest
//!  │                        Ready  ◄────│   PID 1 is up, KVM is loaded
//!  │── Settle ────────────►             │
//!  │                         Done  ◄────│
//!  │                                    ╎   where a snapshot is taken, and guests resume
//!  │── Resumed { now, entropy } ►       │
//!  │                         Done  ◄────│
//!  │── Put(file) ─────────►             │
//!  │                         Done  ◄────│
//!  │── LoadModule(path) ──►             │
//!  │                         Done  ◄────│
//!  │── Run { argv, … } ───►             │
//!  │── Stdin(bytes)… Stdin([]) ►        │
//!  │       Stdout(bytes), Stderr(bytes) ◄
//!  │                 Exited(status) ◄───│   nothing of this command follows
//! ```

mod frame;

use std::time::Duration;

pub use frame::{MAX_BODY, read_frame, write_frame};
use serde::{Deserialize, Serialize};

/// The name of the virtio-serial port, as `/sys/class/virtio-ports/*/name` shows it.
pub const PORT_NAME: &str = "hiboma.lab";

/// The directory in which the guest's commands start; also their `HOME`.
pub const HOME: &str = "/root";

/// The directory in which the guest looks for programs.
pub const PATH: &str = "/bin";

/// A file that a guest may boot with. It contains requests, which PID 1 carries
/// out before it reads any from the port. Their commands have no input.
pub const REQUESTS: &str = "/requests";

/// The most bytes of input or output in one message.
pub const MAX_CHUNK: usize = 64 << 10;

/// A message from the lab to PID 1.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToGuest {
    /// Wait until the kernel has finished its work after a boot: answered by `Done` or `Failed`.
    Settle,
    /// The guest was stopped, and continues now: answered by `Done` or `Failed`.
    Resumed(Resumed),
    /// Replace a file of the guest: answered by `Done` or `Failed`. While a command runs, only a failure is
    /// reported, in `Stdout`.
    Put(File),
    /// Delete the file at this path: answered by `Done` or `Failed`.
    Delete(String),
    /// Insert the module at this path of the guest: answered by `Done` or `Failed`.
    LoadModule(String),
    /// Start a command: answered by `Stdout` and `Stderr` as it writes, and one `Exited` at its
    /// end. If it cannot be started, the answer is that of a shell: a line of `Stderr` and the
    /// status 126 or 127.
    Run(Command),
    /// Bytes for the command's standard input; an empty message closes it.
    Stdin(#[serde(with = "serde_bytes")] Vec<u8>),
    /// The size of the lab's terminal has changed.
    Resize(WindowSize),
}

/// A message from PID 1 to the lab.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToHost {
    /// The guest is up and takes requests.
    Ready,
    /// The request was carried out.
    Done,
    /// The request failed, for this reason.
    Failed(String),
    /// The command wrote this to its standard output (or to its terminal).
    Stdout(#[serde(with = "serde_bytes")] Vec<u8>),
    /// The command wrote this to its standard error.
    Stderr(#[serde(with = "serde_bytes")] Vec<u8>),
    /// The command ended.
    Exited(Status),
}

/// What a stopped guest cannot know, and what must differ between guests of one snapshot.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumed {
    /// The time on the host, since 1970.
    pub now: Duration,
    /// Random bytes of the host.
    pub entropy: [u8; 32],
}

/// A file to put into the guest; its directories are made as needed.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Absolute path.
    pub path: String,
    /// What to create.
    pub kind: FileKind,
}

/// What to create at the path.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileKind {
    /// A regular file, or its next piece.
    Regular {
        /// Permission bits.
        mode: u32,
        /// The offset of the piece; 0 creates a new file.
        offset: u64,
        /// The piece.
        #[serde(with = "serde_bytes")]
        bytes: Vec<u8>,
    },
    /// A symbolic link to this path.
    Symlink(String),
}

/// A program to run in the guest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// The program, looked up on PATH, and its arguments.
    pub argv: Vec<String>,
    /// Variables to add to the environment that PID 1 gives every command.
    pub env: Vec<(String, String)>,
    /// If there is a size, the command gets a terminal of its own; otherwise three pipes.
    pub terminal: Option<WindowSize>,
}

/// Rows and columns of a terminal, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowSize {
    /// Lines.
    pub rows: u16,
    /// Columns.
    pub columns: u16,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// By `exit(2)` with this status.
    Code(u8),
    /// By this signal.
    Signal(i32),
}

impl Status {
    /// Returns whether the command reported success.
    pub fn success(self) -> bool {
        self == Status::Code(0)
    }

    /// Returns the status as in a shell's `$?`: for a signal, 128 plus its number.
    pub fn code(self) -> u8 {
        match self {
            Status::Code(code) => code,
            Status::Signal(signal) => 128 + signal as u8,
        }
    }
}
