// SPDX-License-Identifier: MIT OR Apache-2.0

//! A page's WebSocket, and its messages.

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::server::PATIENCE;

/// A WebSocket.
pub struct Socket(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Sends a message.
    pub async fn send(&mut self, message: Value) {
        let message = Message::text(message.to_string());
        self.0.send(message).await.unwrap();
    }

    /// Returns all messages until the connection ends.
    pub async fn all(&mut self) -> Vec<Value> {
        let mut all = Vec::new();
        while let Some(message) = self.next().await {
            all.push(message);
        }
        all
    }

    /// The next message that is not of this type. Whether some come depends on what others have had built before.
    pub async fn next_but(&mut self, passing: &str) -> Value {
        loop {
            let message = self
                .next()
                .await
                .expect("the server has ended the connection");
            if message["type"] != passing {
                return message;
            }
        }
    }

    /// Types into a terminal.
    pub async fn type_in(&mut self, keys: &str) {
        let keys = Message::binary(keys.as_bytes().to_vec());
        self.0.send(keys).await.unwrap();
    }

    /// Reads a terminal's output until it contains this text.
    pub async fn read_until(&mut self, text: &str) -> String {
        let mut shown = String::new();
        while !shown.contains(text) {
            let next = timeout(PATIENCE, self.0.next()).await;
            let next = next.unwrap_or_else(|_| panic!("{shown}"));
            match next.expect("it has ended").unwrap() {
                Message::Binary(bytes) => shown += &String::from_utf8_lossy(&bytes),
                Message::Close(_) => panic!("it has ended: {shown}"),
                _ => {}
            }
        }
        shown
    }

    /// Returns the next message; none if the server has closed the connection.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            let next = timeout(PATIENCE, self.0.next()).await;
            match next.expect("the server is silent") {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }
}

/// Returns this field of all messages of a type.
pub fn told<'a>(messages: &'a [Value], of: &str, key: &str) -> Vec<&'a Value> {
    let of_type = messages.iter().filter(|message| message["type"] == of);
    of_type.map(|message| &message[key]).collect()
}

/// Returns the output.
pub fn printed(messages: &[Value]) -> String {
    let texts = told(messages, "output", "text");
    texts.iter().filter_map(|text| text.as_str()).collect()
}
