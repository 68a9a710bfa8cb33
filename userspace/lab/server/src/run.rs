// SPDX-License-Identifier: MIT OR Apache-2.0

//! Runs the book's recordings, or a reader's command, for a page.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use axum::Extension;
use axum::extract::ws::{Message, WebSocket};
use axum::extract::{State, WebSocketUpgrade};
use axum::response::Response;
use lab::comparisons::recordings;
use lab::comparisons::watched::{self, Watch};
use serde::Deserialize;
use tokio::time::timeout;

use crate::command::Command;
use crate::crash;
use crate::language::Language;
use crate::live::Live;
use crate::page::Page;
use crate::seats::Seat;
use crate::sentence::sentence;
use crate::socket::{LONGEST, work_for};
use crate::watched::watch;

/// The time limit for a page to send its request.
const ASKING: Duration = Duration::from_secs(10);

/// The time limit of a command. The book's commands take less than a second.
pub const LIMIT: Duration = Duration::from_secs(30);

/// The module for a command whose reader names none.
const MODULE: &str = "hiboma.ko";

/// The prefix of commands that are for the lab instead of the guest.
pub const LAB: &str = "cargo lab ";

/// A page's request.
#[derive(Deserialize)]
#[serde(untagged)]
enum Ask {
    /// A recording in the book, by its file in `comparisons/`.
    Kept { recording: String },
    /// A command of the reader's, and the module to load before it runs.
    Own {
        command: String,
        module: Option<String>,
    },
}

/// Runs the page's request, and sends it all events.
pub async fn run(
    State(live): State<Arc<Live>>,
    Extension(seat): Extension<Arc<Seat>>,
    language: Language,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade
        .max_message_size(LONGEST)
        .on_upgrade(move |socket| serve(live, seat, language, socket))
}

async fn serve(live: Arc<Live>, seat: Arc<Seat>, language: Language, mut socket: WebSocket) {
    let Some(text) = first(&mut socket).await else {
        return;
    };
    let its = Arc::clone(&live);
    work_for(live, language, socket, drop, move |page| {
        let ask = serde_json::from_str(&text).context("this request cannot be run");
        let ran = ask.and_then(|ask| answer(ask, &its, &seat, page));
        ran.or_else(|error| crash::tell(error, &seat, page))
    })
    .await;
}

/// Returns the page's request.
pub async fn first(socket: &mut WebSocket) -> Option<String> {
    match timeout(ASKING, socket.recv()).await {
        Ok(Some(Ok(Message::Text(text)))) => Some(text.to_string()),
        _ => None,
    }
}

fn answer(ask: Ask, live: &Live, seat: &Seat, page: &Page) -> Result<()> {
    let file = match ask {
        Ask::Kept { recording } => recording,
        Ask::Own { command, .. } if command.starts_with(LAB) => {
            return watch(live, seat, page, Watch::of_reader(&command)?, None);
        }
        Ask::Own { command, module } => {
            let module = module.as_deref().unwrap_or(MODULE);
            ensure!(
                !module.contains('/'),
                sentence!("there is no module {0}", module)
            );
            return Command::new(&command, module).run(live, seat, page);
        }
    };
    let mut recordings = recordings::all()?.into_iter();
    if let Some(it) = recordings.find(|it| it.file == file) {
        let book = fs::read_to_string(it.path())?;
        let command = Command::new(&it.command, &it.module);
        return command.compared_with(&book).run(live, seat, page);
    }
    let mut watched = watched::all()?.into_iter();
    let watched = watched.find(|it| it.file == file);
    let watched = watched.ok_or_else(|| sentence!("{0} is not a recording of the book", file))?;
    let book = fs::read_to_string(watched.path())?;
    let its = Watch::of(&watched.command)?;
    watch(live, seat, page, its, Some(&book))
}
