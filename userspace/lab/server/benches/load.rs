// SPDX-License-Identifier: MIT OR Apache-2.0

//! How long a reader waits: alone, and in a room where everybody presses Run within a second.
//!
//! `cargo bench -p lab-server --profile dev`, which is how `cargo lab serve` builds the server.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use tokio::time::sleep;

use server::{Browser, Server, printed};

#[expect(dead_code, reason = "the tests need more of it")]
#[path = "../tests/live/server.rs"]
mod server;

/// How many seats there are in the room.
const SEATS: u32 = 15;

/// What each runs, and what it prints first.
const RECORDING: &str = "3-descriptor/hiboma.txt";
const FIRST: &str = "fd = ";

/// How long a reader waited.
struct Waited {
    first_byte: Duration,
    end: Duration,
}

#[tokio::main]
async fn main() {
    let server = Server::start();
    let owner = server.owner().await;
    // The image is built, and a snapshot taken.
    press(&owner, Duration::ZERO).await;
    let mut alone = Vec::new();
    for _ in 0..10 {
        alone.push(press(&owner, Duration::ZERO).await.first_byte);
    }
    alone.sort();
    println!(
        "alone: from press to the first byte {:.0?}, at best {:.0?}",
        alone[alone.len() / 2],
        alone[0]
    );
    let started = Instant::now();
    let room = (0..SEATS).map(|seat| press(&owner, Duration::from_secs(1) * seat / SEATS));
    let mut room = join_all(room).await;
    let all = started.elapsed();
    room.sort_by_key(|it| it.first_byte);
    let last = room.iter().map(|it| it.end).max().unwrap_or_default();
    println!(
        "{SEATS} within a second: all done after {all:.1?}; first byte {:.1?} to {:.1?}, the last end {last:.1?}",
        room[0].first_byte,
        room[room.len() - 1].first_byte,
    );
}

/// Runs the recording after a while.
async fn press(browser: &Browser<'_>, after: Duration) -> Waited {
    sleep(after).await;
    let pressed = Instant::now();
    let mut socket = browser.open("/live/run").await;
    socket.send(json!({ "recording": RECORDING })).await;
    let mut first_byte = None;
    let mut messages = Vec::new();
    while let Some(message) = socket.next().await {
        messages.push(message);
        if first_byte.is_none() && printed(&messages).contains(FIRST) {
            first_byte = Some(pressed.elapsed());
        }
    }
    let ended = messages.last().expect("a message");
    assert_eq!(ended["same"], true, "{ended}");
    Waited {
        first_byte: first_byte.expect("output"),
        end: pressed.elapsed(),
    }
}
