// SPDX-License-Identifier: MIT OR Apache-2.0

//! A command in a guest with a seat's solution of an exercise: `cargo lab exercise run`.

use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Extension;
use axum::extract::ws::WebSocket;
use axum::extract::{Path, State, WebSocketUpgrade};
use axum::response::Response;
use lab::comparisons::watched::Watch;
use lab::exercises::Exercise;
use serde::Deserialize;

use crate::build::{self, Variant};
use crate::command::Command;
use crate::crash;
use crate::exercises::find;
use crate::language::Language;
use crate::live::Live;
use crate::page::Page;
use crate::refusal::Refusal;
use crate::run::{LAB, first};
use crate::seats::Seat;
use crate::socket::{LONGEST, work_for};
use crate::watched::watch;

/// A page's request.
#[derive(Deserialize)]
struct Ask {
    command: String,
}

/// Runs the page's command.
pub async fn try_out(
    State(live): State<Arc<Live>>,
    Extension(seat): Extension<Arc<Seat>>,
    Path(name): Path<String>,
    language: Language,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Refusal> {
    let exercise = find(&name)?;
    let upgrade = upgrade.max_message_size(LONGEST);
    Ok(upgrade.on_upgrade(move |socket| serve(live, seat, exercise, language, socket)))
}

async fn serve(
    live: Arc<Live>,
    seat: Arc<Seat>,
    exercise: Exercise,
    language: Language,
    mut socket: WebSocket,
) {
    let Some(text) = first(&mut socket).await else {
        return;
    };
    let its = Arc::clone(&live);
    work_for(live, language, socket, drop, move |page| {
        let ask = serde_json::from_str(&text).context("this request cannot be run");
        let ran = ask.and_then(|ask: Ask| run(&ask.command, &its, &seat, &exercise, page));
        ran.or_else(|error| crash::tell(error, &seat, page))
    })
    .await;
}

fn run(line: &str, live: &Live, seat: &Seat, exercise: &Exercise, page: &Page) -> Result<()> {
    if line.starts_with(LAB) {
        return watch(live, seat, page, Watch::of_reader(line)?, None);
    }
    match build::exercise::guest_file(live, seat, exercise, Variant::Plain, page)? {
        Some(made) => Command::with(line, made).run(live, seat, page),
        None => Ok(()),
    }
}
