// SPDX-License-Identifier: MIT OR Apache-2.0

//! How a browser gets a seat: by the link that the teacher shows, and a name.
//!
//! The servers of a lecture hall share the link's address and its code, so any of them may get
//! the request. That server creates the seat, and redirects the browser to its own address,
//! where the seat stays. A browser that follows the shared link again is redirected there again.

use std::sync::Arc;

use anyhow::Context;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use crate::access::{cookie, link, seat_cookie, seat_of};
use crate::language::Language;
use crate::live::Live;
use crate::origin::Origin;
use crate::refusal::{self, Refusal};
use crate::sentence::sentence;
use crate::workshop::page;

/// The cookie of the shared address with the address of the browser's seat.
const HOME: &str = "hiboma-home";

/// The query of the link.
#[derive(Deserialize)]
pub struct Code {
    #[serde(default)]
    code: String,
}

/// A browser's request for a seat.
#[derive(Deserialize)]
pub struct Name {
    name: String,
}

/// Asks for a name, unless the browser already has a seat.
pub async fn ask_name(
    State(live): State<Arc<Live>>,
    Query(code): Query<Code>,
    headers: HeaderMap,
    jar: CookieJar,
    language: Language,
) -> Result<Response, Refusal> {
    check_code(&live, &code)?;
    let own = live.access.origin();
    let is_shared = headers
        .get(HOST)
        .is_some_and(|host| host != own.authority());
    let home = jar
        .get(HOME)
        .and_then(|it| it.value().parse::<Origin>().ok());
    if let Some(home) = home.filter(|_| is_shared) {
        return Ok(Redirect::to(&live.join_at(&home)).into_response());
    }
    match seat_of(&live, &jar) {
        Some(seat) if !live.seats.is_owner(&seat) => {
            Ok(Redirect::to(&home_in(language)).into_response())
        }
        _ => Ok(page("join.html", &live, language).await?.into_response()),
    }
}

/// Creates a seat, and gives it to the browser, unless it already has one.
pub async fn join(
    State(live): State<Arc<Live>>,
    Query(code): Query<Code>,
    jar: CookieJar,
    language: Language,
    Form(Name { name }): Form<Name>,
) -> Result<Response, Refusal> {
    check_code(&live, &code)?;
    let own = seat_of(&live, &jar).filter(|seat| !live.seats.is_owner(seat));
    let seat = match own.map_or_else(|| live.seats.join(&name), Ok) {
        Ok(seat) => seat,
        Err(error) => {
            let catalog = live.book.catalog(language);
            let why = refusal::line(&error, catalog.as_deref());
            let wrong = [("code", &code.code), ("wrong", &why)];
            let query = serde_urlencoded::to_string(wrong).context("the answer")?;
            return Ok(Redirect::to(&format!("/join?{query}")).into_response());
        }
    };
    let book = home_in(language);
    Ok(match live.access.hall() {
        None => (jar.add(seat_cookie(&live, &seat)), Redirect::to(&book)).into_response(),
        Some(_) => {
            let home = cookie(&live, HOME.to_owned(), live.access.origin().to_string());
            (jar.add(home), Redirect::to(&link(&live, &book, &seat))).into_response()
        }
    })
}

/// Returns the path of the book's start page.
fn home_in(language: Language) -> String {
    format!("/{}", language.folder())
}

fn check_code(live: &Live, told: &Code) -> Result<(), Refusal> {
    match live.code.is(&told.code) {
        true => Ok(()),
        false => Err(Refusal::new(
            StatusCode::FORBIDDEN,
            sentence!("This link does not lead to a workshop: ask the teacher for the right one."),
        )),
    }
}
