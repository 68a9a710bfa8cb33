// SPDX-License-Identifier: MIT OR Apache-2.0

//! Runs for a page what the book shows, or a command of the reader's.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use axum::Extension;
use axum::extract::ws::{Message, WebSocket};
use axum::extract::{State, WebSocketUpgrade};
use axum::response::Response;
use lab::comparisons::kept;
use lab::comparisons::recordings::{self, Recording};
use lab::comparisons::watched::{self, Watched};
use lab::guest::{Guest, Options};
use lab_protocol::Status;
use serde::Deserialize;
use tokio::time::timeout;

use crate::build::build;
use crate::crash;
use crate::events::Event;
use crate::live::Live;
use crate::output::Output;
use crate::page::Page;
use crate::seats::Seat;
use crate::socket::{LONGEST, work_for};

/// How long a page may take to say what it wants.
const ASKING: Duration = Duration::from_secs(10);

/// How long a command may take. Those of the book take less than a second.
const LIMIT: Duration = Duration::from_secs(30);

/// The module that a command finds where its reader names none.
const MODULE: &str = "hiboma.ko";

/// What a page may want.
#[derive(Deserialize)]
#[serde(untagged)]
enum Ask {
    /// What the book shows, by its file in `comparisons/`.
    Kept { recording: String },
    /// A command of the reader's, and the module that is loaded when it runs.
    Own {
        command: String,
        module: Option<String>,
    },
}

/// What is done about it.
enum Run {
    Recording(Recording),
    Watched(Watched),
    Own { command: String, module: String },
}

/// Runs what the page asks for, and tells it all about it.
pub async fn run(
    State(live): State<Arc<Live>>,
    Extension(seat): Extension<Arc<Seat>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade
        .max_message_size(LONGEST)
        .on_upgrade(|socket| serve(live, seat, socket))
}

async fn serve(live: Arc<Live>, seat: Arc<Seat>, mut socket: WebSocket) {
    let Ok(Some(Ok(Message::Text(text)))) = timeout(ASKING, socket.recv()).await else {
        return;
    };
    let its = Arc::clone(&live);
    work_for(live, socket, drop, move |page| {
        let ask: Ask = serde_json::from_str(&text).context("nobody can run that")?;
        let ran = Run::of(ask)?.run(&its, &seat, page);
        ran.or_else(|error| crash::tell(error, &seat, page))
    })
    .await;
}

impl Run {
    fn of(ask: Ask) -> Result<Self> {
        let file = match ask {
            Ask::Kept { recording } => recording,
            Ask::Own { command, module } => {
                let module = module.unwrap_or_else(|| MODULE.to_owned());
                return Ok(Run::Own { command, module });
            }
        };
        let mut recordings = recordings::all()?.into_iter();
        if let Some(recording) = recordings.find(|it| it.file == file) {
            return Ok(Run::Recording(recording));
        }
        let mut watched = watched::all()?.into_iter();
        let watched = watched.find(|it| it.file == file);
        let watched = watched.with_context(|| format!("{file} is no recording of the book"))?;
        Ok(Run::Watched(watched))
    }

    fn run(self, live: &Live, seat: &Seat, page: &Page) -> Result<()> {
        match self {
            Run::Recording(it) => {
                let book = fs::read_to_string(it.path())?;
                in_guest(live, seat, page, &it.command, &it.module, Some(&book))
            }
            Run::Watched(watched) => watch(live, seat, page, &watched),
            Run::Own { command, module } => in_guest(live, seat, page, &command, &module, None),
        }
    }
}

/// Traces a command again, or follows it in gdb, on the checkout's own modules.
fn watch(live: &Live, seat: &Seat, page: &Page, watched: &Watched) -> Result<()> {
    let Some(_turn) = live.guests.wait(&seat.id, page)? else {
        return Ok(());
    };
    page.tell(Event::Started {})?;
    let text = watched.take()?;
    let book = fs::read_to_string(watched.path())?;
    page.tell(Event::Output { text: text.clone() })?;
    page.tell(ended(Status::Code(0), &text, Some(&book)))
}

/// Runs a command line in a guest of its own; the page gets what `comparisons/` would keep of it.
fn in_guest(
    live: &Live,
    seat: &Seat,
    page: &Page,
    command: &str,
    module: &str,
    book: Option<&str>,
) -> Result<()> {
    if module.contains('/') {
        bail!("there is no module {module}");
    }
    let named = format!("{module} {command}");
    let Some(files) = build(live, seat, Some(&named), page)? else {
        return Ok(());
    };
    let Some(_turn) = live.guests.wait(&seat.id, page)? else {
        return Ok(());
    };
    let options = Options {
        timeout: Some(LIMIT),
        files,
        ..Options::default()
    };
    let image = live.images.image()?;
    let mut guest = Guest::start(&image, &options)?;
    let hang_up = guest.hang_up()?;
    page.when_left(move || hang_up.leave());
    guest.load_module(&format!("/lib/modules/{module}"))?;
    page.tell(Event::Started {})?;
    let prompt = recordings::prompt(command);
    page.tell(Event::Output {
        text: prompt.clone(),
    })?;
    let mut output = Output::new(page);
    let status = guest.run_to(recordings::in_shell(command), &mut output)?;
    let printed = output.finish()?;
    let end = recordings::end(&printed, status);
    if !end.is_empty() {
        page.tell(Event::Output { text: end.clone() })?;
    }
    page.tell(ended(status, &(prompt + &printed + &end), book))
}

fn ended(status: Status, printed: &str, book: Option<&str>) -> Event {
    let difference = book.and_then(|book| kept::difference(book, printed));
    Event::Ended {
        status: status.code(),
        same: book.map(|_| difference.is_none()),
        difference,
    }
}
