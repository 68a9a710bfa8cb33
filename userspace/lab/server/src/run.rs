// SPDX-License-Identifier: MIT OR Apache-2.0

//! Runs the book's recordings, or a reader's command, for a page.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use axum::extract::WebSocketUpgrade;
use axum::extract::ws::WebSocket;
use axum::response::Response;
use lab::comparisons::recordings;
use lab::comparisons::watched::{self, Watch};
use serde::Deserialize;

use crate::command::Command;
use crate::live::Live;
use crate::page::Page;
use crate::seats::Seat;
use crate::sentence::sentence;
use crate::socket::{Caller, LONGEST, first, work_for};
use crate::watched::watch;

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
pub async fn run(caller: Caller, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .max_message_size(LONGEST)
        .on_upgrade(|socket| serve(caller, socket))
}

async fn serve(caller: Caller, mut socket: WebSocket) {
    let Some(text) = first(&caller, &mut socket).await else {
        return;
    };
    work_for(caller, socket, drop, move |live, seat, page| {
        let ask = serde_json::from_str(&text).context("this request cannot be run")?;
        answer(ask, live, seat, page)
    })
    .await;
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
