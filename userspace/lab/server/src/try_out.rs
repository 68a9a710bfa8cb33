// SPDX-License-Identifier: MIT OR Apache-2.0

//! A command in a guest with a seat's solution of an exercise: `cargo lab exercise run`.

use anyhow::{Context, Result};
use axum::extract::ws::WebSocket;
use axum::extract::{Path, WebSocketUpgrade};
use axum::response::Response;
use lab::comparisons::watched::Watch;
use lab::exercises::Exercise;
use serde::Deserialize;

use crate::build::{self, Variant};
use crate::command::Command;
use crate::exercises::find;
use crate::live::Live;
use crate::page::Page;
use crate::refusal::Refusal;
use crate::run::LAB;
use crate::seats::Seat;
use crate::socket::{Caller, LONGEST, first, work_for};
use crate::watched::watch;

/// A page's request.
#[derive(Deserialize)]
struct Ask {
    command: String,
}

/// Runs the page's command.
pub async fn try_out(
    Path(name): Path<String>,
    caller: Caller,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Refusal> {
    let exercise = find(&name)?;
    let upgrade = upgrade.max_message_size(LONGEST);
    Ok(upgrade.on_upgrade(|socket| serve(caller, exercise, socket)))
}

async fn serve(caller: Caller, exercise: Exercise, mut socket: WebSocket) {
    let Some(text) = first(&caller, &mut socket).await else {
        return;
    };
    work_for(caller, socket, drop, move |live, seat, page| {
        let ask: Ask = serde_json::from_str(&text).context("this request cannot be run")?;
        run(&ask.command, live, seat, &exercise, page)
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
