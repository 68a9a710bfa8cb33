// SPDX-License-Identifier: MIT OR Apache-2.0

//! A WebSocket on which a page waits for work, which a thread of its own does.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use axum::extract::ws::{Message, WebSocket};
use serde::Deserialize;
use tokio::time::timeout;

use crate::events::Event;
use crate::live::Live;
use crate::page::{Page, Presence};

/// A page that takes nothing for so long is as good as gone.
const PATIENCE: Duration = Duration::from_secs(20);

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
            let message = format!("{error:#}").trim().replace('\n', " ");
            // A page that has left needs no word.
            let _ = page.tell(Event::Error { message });
        }
    });
    let ended = live.ended();
    tokio::pin!(ended);
    loop {
        tokio::select! {
            message = messages.recv() => {
                let message = message.unwrap_or(Message::Close(None));
                let is_last = matches!(message, Message::Close(_));
                let sent = timeout(PATIENCE, socket.send(message)).await;
                if is_last || !matches!(sent, Ok(Ok(()))) {
                    break;
                }
            }
            heard = socket.recv() => match heard {
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(message)) if is_stop(&message) => leave(&live, &presence),
                Some(Ok(message)) => hear(message),
            },
            () = &mut ended => break,
        }
    }
    leave(&live, &presence);
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
