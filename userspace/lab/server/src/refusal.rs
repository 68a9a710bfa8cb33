// SPDX-License-Identifier: MIT OR Apache-2.0

//! Requests that are refused, with the reason in one line.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;

use anyhow::Error;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lab::disk;
use translation::catalog::Catalog;

use crate::language::Language;
use crate::live::Live;
use crate::sentence::{Sentence, sentence};

/// A status, and the reason for people.
#[derive(Clone, Debug)]
pub struct Refusal {
    status: StatusCode,
    why: Arc<Error>,
}

impl Refusal {
    /// Returns a refusal with a status and a reason.
    pub fn new(status: StatusCode, why: Sentence) -> Self {
        let why = Arc::new(why.into());
        Refusal { status, why }
    }

    fn text(&self, catalog: Option<&Catalog>) -> String {
        line(&self.why, catalog) + "\n"
    }
}

/// Returns an error in one line, its sentences in the language of a catalog.
pub fn line(error: &Error, catalog: Option<&Catalog>) -> String {
    if disk::is_full(error) {
        let full = sentence!(
            "The server's disk is full, so this is not saved. What was saved before is still there. Make room, or tell \
             the teacher."
        );
        return full.text(catalog);
    }
    let parts = error.chain().map(|part| match sentence_in(part) {
        Some(sentence) => sentence.text(catalog),
        None => part.to_string(),
    });
    let parts: Vec<_> = parts.collect();
    parts.join(": ").trim().replace('\n', " ")
}

/// Returns the sentence that an error is. Writers return theirs in an [`io::Error`].
fn sentence_in<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Sentence> {
    let inner = error.downcast_ref::<io::Error>();
    match inner.and_then(io::Error::get_ref) {
        Some(inner) => inner.downcast_ref(),
        None => error.downcast_ref(),
    }
}

impl From<Error> for Refusal {
    fn from(why: Error) -> Self {
        let status = match disk::is_full(&why) {
            true => StatusCode::INSUFFICIENT_STORAGE,
            false => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let why = Arc::new(why);
        Refusal { status, why }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.text(None)).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Puts the reason of a refusal into the reader's language.
pub async fn in_language(
    State(live): State<Arc<Live>>,
    language: Language,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if let Some(refusal) = response.extensions().get::<Refusal>()
        && let Some(catalog) = live.book.catalog(language)
    {
        *response.body_mut() = refusal.text(Some(&catalog)).into();
    }
    response
}
