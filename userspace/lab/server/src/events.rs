// SPDX-License-Identifier: MIT OR Apache-2.0

//! The server's messages to a page about work for it: one JSON object per message.

use axum::extract::ws::Message;
use serde::Serialize;

use crate::build::Diagnostic;
use crate::crash::Words;

/// A message, by its `type`.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Event {
    /// The request waits in a queue. Place 1 is next.
    Queued {
        /// Its place in the queue.
        place: usize,
    },
    /// Something is built first: a seat's changes, or a part that a guest or a trace needs.
    Building {
        /// Its name in the guest, such as `hiboma.ko`, or words.
        what: String,
    },
    /// The compiler's messages about the seat's changes.
    Diagnostics {
        /// The messages, each with its place in a file.
        items: Vec<Diagnostic>,
    },
    /// The guest or program contains changes of the seat.
    Changes {
        /// The files' paths, from the checkout's root.
        files: Vec<String>,
    },
    /// The guest has booted, and the command runs.
    Started {
        /// The time limit, in words: `30 s`.
        limit: String,
    },
    /// Output of the command.
    Output {
        /// The next piece of it.
        text: String,
    },
    /// The checks of an exercise have run.
    Checked {
        /// Whether all checks passed.
        passed: bool,
        /// How the guest ended, if it ended before its check.
        why: Option<String>,
        /// The message of each check.
        text: String,
    },
    /// The guest's kernel crashed.
    Crashed(Words),
    /// The guest was stopped because it exceeded its time limit.
    Hung(Words),
    /// The command ended.
    Ended {
        /// The exit status, 0 for success.
        status: u8,
        /// Whether its output is that of the book; unknown if the book has none.
        same: Option<bool>,
        /// If so, the parts that differ nevertheless, because they differ on each run: `times`.
        varies: Vec<String>,
        /// If not, the book's lines and the printed ones, as a diff.
        difference: Option<String>,
    },
    /// The work failed or did not end by itself, with the reason in one line. Nothing follows.
    Error {
        /// The reason, for people.
        message: String,
    },
}

impl Event {
    /// Returns the message in the form in which it is sent.
    pub fn message(&self) -> Message {
        // JSON can represent every part of it.
        Message::text(serde_json::to_string(self).unwrap_or_default())
    }
}
