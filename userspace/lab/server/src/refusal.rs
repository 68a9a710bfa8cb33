// SPDX-License-Identifier: MIT OR Apache-2.0

//! The response to a request that is refused.

use anyhow::Error;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use lab::disk;

/// The message for everybody whose work cannot be written.
const FULL: &str = "The server's disk is full, so this is not saved. What was saved before is still there. Make \
                    room, or tell the teacher.";

/// A status, and a line of text for people.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    line: String,
}

impl Refusal {
    /// Returns a refusal with a status and a reason.
    pub fn new(status: StatusCode, line: impl Into<String>) -> Self {
        let line = line.into();
        Refusal { status, line }
    }
}

/// Returns an error in one line, for people.
pub fn line(error: &Error) -> String {
    match disk::is_full(error) {
        true => FULL.to_owned(),
        false => format!("{error:#}").trim().replace('\n', " "),
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let status = match disk::is_full(&error) {
            true => StatusCode::INSUFFICIENT_STORAGE,
            false => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Refusal::new(status, line(&error))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, self.line + "\n").into_response()
    }
}
