// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where a seat's reader is in the book.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::{Extension, Json};
use serde::Deserialize;

use crate::refusal::Refusal;
use crate::seats::Seat;

/// Longer than the name of any chapter.
const LONGEST: usize = 100;

/// What a page says when it is opened.
#[derive(Deserialize)]
pub struct Here {
    chapter: String,
}

/// Keeps it.
pub async fn here(
    Extension(seat): Extension<Arc<Seat>>,
    Json(Here { chapter }): Json<Here>,
) -> Result<StatusCode, Refusal> {
    if chapter.len() > LONGEST {
        let line = "No chapter has so long a name.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, line));
    }
    seat.progress.read(&chapter);
    Ok(StatusCode::NO_CONTENT)
}
