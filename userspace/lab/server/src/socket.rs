// SPDX-License-Identifier: MIT OR Apache-2.0

//! A WebSocket of a page that waits for work; a thread of its own does the work.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use axum::Extension;
use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::extract::rejection::ExtensionRejection;
use axum::extract::ws::{Message, WebSocket};
use axum::http::request::Parts;
use serde::Deserialize;
use tokio::time::{Instant, Interval, interval, timeout};
use translation::catalog::Catalog;

use crate::crash;
use crate::events::Event;
use crate::language::Language;
use crate::live::{LastWord, Live};
use crate::page::{Page, Presence};
use crate::seats::Seat;
use crate::sentence::sentence;

/// A page that accepts no message for this long is considered gone.
const PATIENCE: Duration = Duration::from_secs(20);

/// The interval of heartbeats to a page. Proxies close a connection that is idle for a minute.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// A page that sends nothing for this long, not even its answer to a heartbeat, is considered gone: its
/// laptop may have been closed. A large file that is under way takes less.
const SILENCE: Duration = Duration::from_secs(120);

/// The maximum number of a seat's requests at the same time, in queues and before them: far fewer
/// than the server has threads.
const MOST: usize = 64;

/// The maximum length of a message from a page that sends no files.
pub const LONGEST: usize = 64 << 10;

/// The time limit for a page to send its request.
const ASKING: Duration = Duration::from_secs(10);

/// A page's message while it waits.
#[derive(Deserialize)]
struct Stop {
    stop: bool,
}

/// A page whose work is under way or in a queue.
struct Waiter {
    live: Arc<Live>,
    seat: Arc<Seat>,
    page: Presence,
}

/// A page that asks for a WebSocket.
pub struct Caller {
    live: Arc<Live>,
    seat: Arc<Seat>,
    language: Language,
    /// From here on the page is told if the server ends.
    last_word: LastWord,
}

impl FromRequestParts<Arc<Live>> for Caller {
    type Rejection = ExtensionRejection;

    async fn from_request_parts(
        parts: &mut Parts,
        live: &Arc<Live>,
    ) -> Result<Self, Self::Rejection> {
        let Extension(seat) = Extension::from_request_parts(parts, live).await?;
        let Ok(language) = Language::from_request_parts(parts, live).await;
        Ok(Caller {
            live: Arc::clone(live),
            seat,
            language,
            last_word: live.last_word(),
        })
    }
}

/// Returns the page's request. If the server ends before, the page is told.
pub async fn first(caller: &Caller, socket: &mut WebSocket) -> Option<String> {
    tokio::select! {
        heard = timeout(ASKING, socket.recv()) => match heard {
            Ok(Some(Ok(Message::Text(text)))) => Some(text.to_string()),
            _ => None,
        },
        () = caller.live.ended() => {
            let catalog = caller.live.book.catalog(caller.language);
            send(socket, last_message(catalog.as_deref())).await;
            None
        }
    }
}

/// Does `work` for the page, and closes the connection when it is done. If the page leaves or
/// stops it, or the server ends, the work is stopped. The page's other messages go to `hear`.
pub async fn work_for(
    caller: Caller,
    mut socket: WebSocket,
    mut hear: impl FnMut(Message),
    work: impl FnOnce(&Live, &Seat, &Page) -> Result<()> + Send + 'static,
) {
    let Caller {
        live,
        seat,
        language,
        last_word: _last_word,
    } = caller;
    let catalog = live.book.catalog(language);
    let request = Arc::clone(&seat.requests);
    if Arc::strong_count(&request) > 1 + MOST {
        let many = sentence!(
            "{0} of your requests are under way: wait until one is done",
            MOST
        );
        let message = many.text(catalog.as_deref());
        send(&mut socket, Event::Error { message }.message()).await;
        return;
    }
    let (page, mut messages) = Page::new(catalog.clone());
    let waiter = Waiter {
        live: Arc::clone(&live),
        seat: Arc::clone(&seat),
        page: page.presence(),
    };
    let its = Arc::clone(&live);
    tokio::task::spawn_blocking(move || {
        let _request = request;
        let worked = work(&its, &seat, &page);
        let told = worked.or_else(|error| crash::tell(error, &seat, &page));
        if let Err(error) = told {
            let message = page.line(&error);
            // A page that has left needs no message.
            let _ = page.tell(Event::Error { message });
        }
    });
    let ended = live.ended();
    tokio::pin!(ended);
    let mut heartbeat = heartbeat();
    let mut last_heard = Instant::now();
    loop {
        tokio::select! {
            message = messages.recv() => {
                let message = message.unwrap_or(Message::Close(None));
                let is_last = matches!(message, Message::Close(_));
                let is_sent = send(&mut socket, message).await;
                if is_last || !is_sent {
                    break;
                }
            }
            _ = heartbeat.tick() => {
                let is_gone = last_heard.elapsed() > SILENCE;
                if is_gone || !send(&mut socket, beat()).await {
                    break;
                }
            }
            heard = socket.recv() => {
                last_heard = Instant::now();
                match heard {
                    Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                    Some(Ok(message)) if is_stop(&message) => waiter.leave(),
                    Some(Ok(message)) => hear(message),
                }
            }
            () = &mut ended => {
                send(&mut socket, last_message(catalog.as_deref())).await;
                break;
            }
        }
    }
    waiter.leave();
}

fn last_message(catalog: Option<&Catalog>) -> Message {
    let end = sentence!(
        "The server has ended. What you have saved is kept: when the server is back, ask again."
    );
    let message = end.text(catalog);
    Event::Error { message }.message()
}

/// Returns the interval at which to send a page a [`beat`].
pub fn heartbeat() -> Interval {
    interval(HEARTBEAT)
}

/// Returns a message that browsers answer automatically.
pub fn beat() -> Message {
    Message::Ping(Bytes::new())
}

/// Sends a page a message. Returns `false` if it does not accept it.
pub async fn send(socket: &mut WebSocket, message: Message) -> bool {
    let sent = timeout(PATIENCE, socket.send(message)).await;
    matches!(sent, Ok(Ok(())))
}

fn is_stop(message: &Message) -> bool {
    let text = message.to_text();
    text.is_ok_and(|text| serde_json::from_str(text).is_ok_and(|it: Stop| it.stop))
}

impl Waiter {
    /// Ends the work.
    fn leave(&self) {
        self.page.leave();
        self.seat.building.look_again();
        let queues = self.live.queues();
        queues.iter().for_each(|queue| queue.look_again());
    }
}
