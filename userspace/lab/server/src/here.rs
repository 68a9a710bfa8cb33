// SPDX-License-Identifier: MIT OR Apache-2.0

//! The reader's place in the book.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::{Extension, Json};
use serde::Deserialize;

use crate::refusal::Refusal;
use crate::seats::Seat;
use crate::sentence::sentence;

/// Longer than the name of any chapter.
const LONGEST: usize = 100;

/// A page's message when it is opened.
#[derive(Deserialize)]
pub struct Here {
    chapter: String,
}

/// Records the chapter.
pub async fn here(
    Extension(seat): Extension<Arc<Seat>>,
    Json(Here { chapter }): Json<Here>,
) -> Result<StatusCode, Refusal> {
    if chapter.len() > LONGEST {
        let why = sentence!("No chapter has so long a name.");
        return Err(Refusal::new(StatusCode::BAD_REQUEST, why));
    }
    seat.progress.read(&chapter);
    Ok(StatusCode::NO_CONTENT)
}
