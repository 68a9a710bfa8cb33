// SPDX-License-Identifier: MIT OR Apache-2.0

//! A shell in a guest, on a terminal in the page.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use axum::extract::ws::Message;
use axum::extract::{Query, WebSocketUpgrade};
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lab::guest::{Guest, HIBOMA, Options, Sender};
use lab_protocol::{Command, HOME, MAX_CHUNK, ToGuest, WindowSize};
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::banner::banner;
use crate::build::{Variant, build};
use crate::command::in_words;
use crate::events::Event;
use crate::files;
use crate::live::Live;
use crate::page::Page;
use crate::seats::Seat;
use crate::sentence::sentence;
use crate::socket::{Caller, work_for};

/// The maximum number of open terminals of a seat.
pub const MOST: usize = 4;

/// The time limit of a terminal.
const LIMIT: Duration = Duration::from_secs(4 * 60 * 60);

/// The maximum number of typed messages that the guest has not read: more than anybody types.
const WAITING: usize = 1024;

/// The maximum length of a message with a dropped file.
const LONGEST: usize = 16 << 20;

/// The maximum length of all messages that the guest has not read.
const ROOM: usize = 4 * LONGEST;

/// A message, and the room that it takes until the guest has read it.
type Typed = (Message, OwnedSemaphorePermit);

/// The size of the terminal when it opens.
#[derive(Deserialize)]
pub struct Size {
    columns: u16,
    rows: u16,
}

/// A page's message other than typed keys.
#[derive(Deserialize)]
#[serde(untagged)]
enum Told {
    Resize { resize: (u16, u16) },
    File { file: String, base64: String },
}

/// A terminal's output, on its way to the page.
struct Screen<'a>(&'a Page);

/// Opens a shell, which runs until it ends or the page is closed.
pub async fn terminal(
    Query(size): Query<Size>,
    caller: Caller,
    upgrade: WebSocketUpgrade,
) -> Response {
    let upgrade = upgrade.max_message_size(LONGEST).max_frame_size(LONGEST);
    upgrade.on_upgrade(move |socket| async move {
        let (typed, keys) = sync_channel(WAITING);
        let room = Arc::new(Semaphore::new(ROOM));
        // More is dropped if the guest does not read.
        let hear = move |message: Message| {
            let bytes = message.clone().into_data().len() as u32;
            if let Ok(held) = Arc::clone(&room).try_acquire_many_owned(bytes) {
                let _ = typed.try_send((message, held));
            }
        };
        work_for(caller, socket, hear, move |live, seat, page| {
            shell(live, seat, &size, keys, page)
        })
        .await;
    })
}

fn shell(live: &Live, seat: &Seat, size: &Size, keys: Receiver<Typed>, page: &Page) -> Result<()> {
    let image = live.images.image_for(page)?;
    let turn = live.terminals.wait(&seat.id, page);
    let too_many = |_| sentence!("{0} of your terminals are open: close one", MOST);
    let Some(_turn) = turn.map_err(too_many)? else {
        return Ok(());
    };
    let changed = files::changed(seat)?;
    let Some(files) = build(live, seat, None, Variant::Plain, page)? else {
        bail!(sentence!(
            "what you have changed does not compile: run it to see why"
        ));
    };
    let options = Options {
        timeout: Some(LIMIT),
        files,
        ..Options::default()
    };
    let mut guest = Guest::start(&image, &options)?;
    let hang_up = guest.hang_up()?;
    page.when_left(move || hang_up.leave());
    guest.load_module(HIBOMA)?;
    page.tell(Event::Started {
        limit: in_words(LIMIT, page),
    })?;
    Screen(page).write_all(banner(&image, &changed, size.columns).as_bytes())?;
    let sender = guest.sender();
    thread::spawn(move || {
        for (message, _room) in keys {
            // It fails if the guest has ended.
            if pass_on(message, &sender).is_err() {
                return;
            }
        }
    });
    let command = Command {
        argv: vec!["sh".to_owned()],
        env: [("PS1", "guest # "), ("TERM", "xterm-256color")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        terminal: Some(WindowSize {
            rows: size.rows,
            columns: size.columns,
        }),
    };
    let status = guest.run_between(command, &mut Screen(page))?;
    page.tell(Event::Ended {
        status: status.code(),
        same: None,
        varies: Vec::new(),
        difference: None,
    })
}

/// Passes on typed keys, and the page's other messages.
fn pass_on(message: Message, guest: &Sender) -> io::Result<()> {
    let text = match message {
        Message::Binary(keys) => {
            let mut pieces = keys.chunks(MAX_CHUNK);
            return pieces.try_for_each(|piece| guest.send(&ToGuest::Stdin(piece.to_vec())));
        }
        Message::Text(text) => text,
        _ => return Ok(()),
    };
    match serde_json::from_str(&text) {
        Ok(Told::Resize {
            resize: (columns, rows),
        }) => guest.send(&ToGuest::Resize(WindowSize { rows, columns })),
        Ok(Told::File { file, base64 }) => match (place(&file), BASE64_STANDARD.decode(base64)) {
            (Ok(path), Ok(bytes)) => guest.put(&path, &bytes),
            _ => Ok(()),
        },
        Err(_) => Ok(()),
    }
}

/// Returns the path for a file of this name.
fn place(name: &str) -> Result<String> {
    let is_name = !name.is_empty() && !name.contains(['/', '\0']) && name != "." && name != "..";
    let name = is_name.then_some(name).context("this is not a file name")?;
    Ok(format!("{HOME}/{name}"))
}

impl Write for Screen<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let message = Message::binary(bytes.to_vec());
        self.0.send(message).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
