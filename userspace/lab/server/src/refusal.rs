// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a request gets that is not served.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// A status, and one line for people.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    line: String,
}

impl Refusal {
    /// With a status, and why.
    pub fn new(status: StatusCode, line: impl Into<String>) -> Self {
        let line = line.into();
        Refusal { status, line }
    }
}

impl From<anyhow::Error> for Refusal {
    fn from(error: anyhow::Error) -> Self {
        let line = format!("{error:#}").replace('\n', " ");
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, line)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, self.line + "\n").into_response()
    }
}
