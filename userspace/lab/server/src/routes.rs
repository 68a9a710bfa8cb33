// SPDX-License-Identifier: MIT OR Apache-2.0

//! The routes of all requests.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use lab::workspace;
use tower::ServiceExt;
use tower_http::services::{ServeDir, ServeFile};

use crate::live::Live;
use crate::refusal::{self, Refusal};
use crate::sentence::sentence;
use crate::{access, exercises, files, here, reload, run, terminal, workshop};

/// The browser's part of the live book: built by npm, and kept in the checkout.
pub const BUNDLE: &str = "book/live/dist";

/// Returns all routes.
pub fn all(live: Arc<Live>) -> Router {
    let (for_teacher, pages) = match live.is_workshop {
        true => (workshop::for_teacher(&live), workshop::pages(&live)),
        false => (Router::new(), Router::new()),
    };
    let seated = Router::new()
        .route("/reload", get(reload::reload))
        .route("/run", get(run::run))
        .route("/terminal", get(terminal::terminal))
        .merge(files::routes())
        .merge(exercises::routes())
        .route("/here", post(here::here))
        .merge(for_teacher)
        .fallback(nothing)
        .layer(from_fn_with_state(Arc::clone(&live), access::seated));
    Router::new()
        .nest_service("/live/dist", ServeDir::new(workspace::root().join(BUNDLE)))
        .nest("/live", seated)
        .merge(pages)
        .fallback(page)
        .layer(map_response(asked_for_each_time))
        .layer(from_fn_with_state(Arc::clone(&live), access::guard))
        .layer(from_fn_with_state(Arc::clone(&live), refusal::in_language))
        .with_state(live)
}

/// Returns a page of the book, or a file of one.
async fn page(State(live): State<Arc<Live>>, request: Request) -> Response {
    let pages = live.book.pages();
    let not_found = ServeFile::new(pages.path().join("404.html"));
    let files = ServeDir::new(pages.path()).not_found_service(not_found);
    let Ok(response) = files.oneshot(request).await;
    response.into_response()
}

async fn nothing() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, sentence!("There is nothing here."))
}

/// Disables caching: any page may change at any time.
async fn asked_for_each_time(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}
