// SPDX-License-Identifier: MIT OR Apache-2.0

//! A WebSocket on which a page waits for work, which a thread of its own does.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket};
use serde::Deserialize;
use tokio::time::{Interval, interval, timeout};

use crate::events::Event;
use crate::live::Live;
use crate::page::{Page, Presence};
use crate::refusal;

/// A page that takes nothing for so long is as good as gone.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often a page hears that the server is there. Proxies end a connection on which nothing is said for a minute.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// What a page hears of a server that ends while it waits.
const END: &str =
    "The server has ended. What you have saved is kept: when the server is back, ask again.";

/// How long a message of a page's may be, where it has no files to send.
pub const LONGEST: usize = 64 << 10;

/// What a page says while it waits.
#[derive(Deserialize)]
struct Stop {
    stop: bool,
}

/// Does `work` for the page, and ends the connection when it is done. Where the page leaves, stops it, or
/// the server ends, the work is told. What else the page says goes to `hear`.
pub async fn work_for(
    live: Arc<Live>,
    mut socket: WebSocket,
    mut hear: impl FnMut(Message),
    work: impl FnOnce(&Page) -> Result<()> + Send + 'static,
) {
    let (page, mut messages) = Page::new();
    let presence = page.presence();
    tokio::task::spawn_blocking(move || {
        if let Err(error) = work(&page) {
            let message = refusal::line(&error);
            // A page that has left needs no word.
            let _ = page.tell(Event::Error { message });
        }
    });
    let _last_word = live.last_word();
    let ended = live.ended();
    tokio::pin!(ended);
    let mut heartbeat = heartbeat();
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
            _ = heartbeat.tick() => if !send(&mut socket, beat()).await {
                break;
            },
            heard = socket.recv() => match heard {
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(message)) if is_stop(&message) => leave(&live, &presence),
                Some(Ok(message)) => hear(message),
            },
            () = &mut ended => {
                let message = END.to_owned();
                send(&mut socket, Event::Error { message }.message()).await;
                break;
            }
        }
    }
    leave(&live, &presence);
}

/// When to send a page a [`beat`].
pub fn heartbeat() -> Interval {
    interval(HEARTBEAT)
}

/// A message that a browser answers by itself.
pub fn beat() -> Message {
    Message::Ping(Bytes::new())
}

/// Sends a page a message. `false` where it takes none.
pub async fn send(socket: &mut WebSocket, message: Message) -> bool {
    let sent = timeout(PATIENCE, socket.send(message)).await;
    matches!(sent, Ok(Ok(())))
}

fn is_stop(message: &Message) -> bool {
    let text = message.to_text();
    text.is_ok_and(|text| serde_json::from_str(text).is_ok_and(|it: Stop| it.stop))
}

/// Ends what is done for a page.
fn leave(live: &Live, page: &Presence) {
    page.leave();
    live.queues().iter().for_each(|queue| queue.look_again());
}
