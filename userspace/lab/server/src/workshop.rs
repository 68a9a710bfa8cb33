// SPDX-License-Identifier: MIT OR Apache-2.0

//! A workshop, as its teacher sees it.

use std::sync::Arc;

use anyhow::{Context, Result};
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use lab::workspace;
use qrcode::QrCode;
use qrcode::render::svg;
use serde::Serialize;
use translation::edition;

use crate::access::seated;
use crate::files::{self, Changed, File, Shown};
use crate::join::{ask_name, join};
use crate::language::Language;
use crate::live::Live;
use crate::progress::Known;
use crate::refusal::Refusal;
use crate::routes::BUNDLE;
use crate::seats::Seat;
use crate::sentence::sentence;

/// The minimum size of the QR code, in pixels.
const SIZE: u32 = 240;

/// A seat, as the teacher sees it.
#[derive(Serialize)]
struct Seen {
    id: String,
    name: String,
    #[serde(flatten)]
    known: Known,
    /// Its place in a queue, if it waits.
    queued: Option<usize>,
    running: bool,
}

#[derive(Serialize)]
struct Invitation {
    link: String,
}

/// Returns the teacher's routes, below `/live`.
pub fn for_teacher(live: &Arc<Live>) -> Router<Arc<Live>> {
    Router::new()
        .route("/invitation", get(invitation))
        .route("/invitation.svg", get(qr_code))
        .route("/seats", get(seats))
        .route("/seats/{id}/files", get(list))
        .route("/seats/{id}/files/{*path}", get(read))
        .layer(from_fn_with_state(Arc::clone(live), only_teacher))
}

/// Returns the two pages of a workshop.
pub fn pages(live: &Arc<Live>) -> Router<Arc<Live>> {
    let for_teacher = Router::new()
        .route("/teacher", get(teacher))
        .layer(from_fn_with_state(Arc::clone(live), only_teacher))
        .layer(from_fn_with_state(Arc::clone(live), seated));
    Router::new()
        .route("/join", get(ask_name).post(join))
        .merge(for_teacher)
}

async fn only_teacher(
    State(live): State<Arc<Live>>,
    Extension(seat): Extension<Arc<Seat>>,
    request: Request,
    next: Next,
) -> Response {
    match live.seats.is_owner(&seat) {
        true => next.run(request).await,
        false => {
            let why = sentence!("This is for the teacher.");
            Refusal::new(StatusCode::FORBIDDEN, why).into_response()
        }
    }
}

async fn teacher(
    State(live): State<Arc<Live>>,
    language: Language,
) -> Result<Html<String>, Refusal> {
    page("teacher.html", &live, language).await
}

/// Returns a page of the bundle, in a language.
pub async fn page(name: &str, live: &Live, language: Language) -> Result<Html<String>, Refusal> {
    let path = workspace::root().join(BUNDLE).join(name);
    let text = tokio::task::spawn_blocking(move || {
        std::fs::read_to_string(&path).with_context(|| path.display().to_string())
    });
    let text = text.await.context("the page was not read")??;
    Ok(Html(match live.book.catalog(language) {
        None => text,
        Some(catalog) => edition::page(&text, &catalog),
    }))
}

async fn invitation(State(live): State<Arc<Live>>) -> Json<Invitation> {
    Json(Invitation {
        link: live.invitation(),
    })
}

async fn qr_code(State(live): State<Arc<Live>>) -> Result<Response, Refusal> {
    let code = QrCode::new(live.invitation()).context("the link is too long")?;
    let image = code
        .render::<svg::Color>()
        .min_dimensions(SIZE, SIZE)
        .build();
    Ok(([(CONTENT_TYPE, "image/svg+xml")], image).into_response())
}

async fn seats(State(live): State<Arc<Live>>) -> Json<Vec<Seen>> {
    let seats = live.seats.others().into_iter().map(|seat| {
        let queues = live.queues();
        Seen {
            id: seat.id.clone(),
            name: seat.name().to_owned(),
            known: seat.progress.known(),
            queued: queues.iter().find_map(|queue| queue.place_of(&seat.id)),
            running: queues.iter().any(|queue| queue.served(&seat.id) > 0),
        }
    });
    Json(seats.collect())
}

async fn list(
    State(live): State<Arc<Live>>,
    Path(id): Path<String>,
) -> Result<Json<Vec<Changed>>, Refusal> {
    let seat = find(&live, &id)?;
    let mut changed = files::changed(&seat)?;
    changed.extend(files::changed_in_exercises(&seat)?);
    Ok(Json(changed.into_iter().map(Changed::from).collect()))
}

async fn read(
    State(live): State<Arc<Live>>,
    Path((id, path)): Path<(String, String)>,
) -> Result<Json<Shown>, Refusal> {
    let seat = find(&live, &id)?;
    Ok(Json(File::find(&seat, &path)?.shown()?))
}

fn find(live: &Live, id: &str) -> Result<Arc<Seat>, Refusal> {
    let mut others = live.seats.others().into_iter();
    let seat = others.find(|seat| seat.id == id);
    seat.ok_or_else(|| {
        let why = sentence!("There is no seat {0}.", id);
        Refusal::new(StatusCode::NOT_FOUND, why)
    })
}
