// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tells a page that the book was built again.

use std::sync::Arc;

use axum::extract::ws::{Message, WebSocket};
use axum::extract::{State, WebSocketUpgrade};
use axum::response::Response;

use crate::live::Live;
use crate::socket::LONGEST;

/// Says `{"type":"reload"}` once, and ends.
pub async fn reload(State(live): State<Arc<Live>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .max_message_size(LONGEST)
        .on_upgrade(|socket| tell(live, socket))
}

async fn tell(live: Arc<Live>, mut socket: WebSocket) {
    let mut editions = live.book.editions();
    tokio::select! {
        changed = editions.changed() => if changed.is_ok() {
            // A page that is gone needs no word.
            let _ = socket.send(Message::text(r#"{"type":"reload"}"#)).await;
        },
        () = live.ended() => {}
        // The page says nothing but that it goes.
        _ = socket.recv() => {}
    }
}
