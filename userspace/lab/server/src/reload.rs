// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tells a page that the book was rebuilt.

use std::sync::Arc;

use axum::extract::ws::{Message, WebSocket};
use axum::extract::{State, WebSocketUpgrade};
use axum::response::Response;

use crate::live::Live;
use crate::socket::{LONGEST, beat, heartbeat, send};

/// Sends `{"type":"reload"}` once, and ends.
pub async fn reload(State(live): State<Arc<Live>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .max_message_size(LONGEST)
        .on_upgrade(|socket| tell(live, socket))
}

async fn tell(live: Arc<Live>, mut socket: WebSocket) {
    let mut editions = live.book.editions();
    let mut heartbeat = heartbeat();
    loop {
        let message = tokio::select! {
            changed = editions.changed() => match changed {
                Ok(()) => Message::text(r#"{"type":"reload"}"#),
                Err(_) => return,
            },
            _ = heartbeat.tick() => beat(),
            () = live.ended() => return,
            heard = socket.recv() => match heard {
                Some(Ok(Message::Pong(_))) => continue,
                // The page's only message is that it leaves.
                _ => return,
            },
        };
        let is_last = matches!(message, Message::Text(_));
        if !send(&mut socket, message).await || is_last {
            return;
        }
    }
}
