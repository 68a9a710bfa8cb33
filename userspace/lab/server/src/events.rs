// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the server says to a page about work that it does for it: one JSON object a message.

use axum::extract::ws::Message;
use serde::Serialize;

use crate::build::Diagnostic;
use crate::crash::Words;

/// A message, by its `type`.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Event {
    /// It waits until others are done. 1 is next.
    Queued {
        /// How many it is until its turn.
        place: usize,
    },
    /// Something is built first: what a seat has changed, or what a guest or a trace needs.
    Building {
        /// Its name in the guest, such as `hiboma.ko`, or words.
        what: String,
    },
    /// What the compiler says of what the seat has changed.
    Diagnostics {
        /// Each by its place in a file.
        items: Vec<Diagnostic>,
    },
    /// What runs has changes of the seat's in it.
    Changes {
        /// The files, from the checkout's root.
        files: Vec<String>,
    },
    /// The guest is there, and the command runs.
    Started {
        /// How long it may, in words: `30 s`.
        limit: String,
    },
    /// The command wrote this.
    Output {
        /// In the pieces in which it comes.
        text: String,
    },
    /// The checks of an exercise have run.
    Checked {
        /// Whether nothing is missing.
        passed: bool,
        /// Where a guest ended before its check: how.
        why: Option<String>,
        /// What each says.
        text: String,
    },
    /// The guest's kernel crashed.
    Crashed(Words),
    /// The guest was stopped, since it took too long.
    Hung(Words),
    /// The command ended.
    Ended {
        /// 0 where all was well.
        status: u8,
        /// Whether it printed what the book does; unknown where the book does not say.
        same: Option<bool>,
        /// Where so, what differs all the same, since it does on each run: `times`.
        varies: Vec<&'static str>,
        /// Where not, the book's lines and those that were printed, as in a patch.
        difference: Option<String>,
    },
    /// It cannot be done, or it did not end by itself: why, in one line. Nothing follows.
    Error {
        /// For people.
        message: String,
    },
}

impl Event {
    /// As it is sent.
    pub fn message(&self) -> Message {
        // It has no part that JSON has not.
        Message::text(serde_json::to_string(self).unwrap_or_default())
    }
}
