// SPDX-License-Identifier: MIT OR Apache-2.0

//! Running the book's recordings in a guest.

use std::fs;

use serde_json::{Value, json};

use crate::server::Server;
use crate::socket::{printed, told};

#[tokio::test]
async fn a_recording_is_run_again_and_is_what_the_book_prints() {
    let server = Server::start();
    let owner = server.owner().await;
    for recording in ["3-descriptor/hiboma.txt", "8-run-loop/kvm.txt"] {
        let messages = owner.run(json!({ "recording": recording })).await;
        let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../comparisons");
        let kept = fs::read_to_string(format!("{kept}/{recording}")).unwrap();
        assert_eq!(printed(&messages), kept);
        let ended = messages.last().unwrap();
        assert_eq!(ended["same"], true, "{ended}");
        assert_eq!(ended["difference"], Value::Null);
    }
}

#[tokio::test]
async fn a_command_of_the_reader_s_says_how_it_ended() {
    let server = Server::start();
    let owner = server.owner().await;
    let own = json!({ "command": "printf a; lsmod | grep -o ^hiboma_tiny >&2; false", "module": "hiboma_tiny.ko" });
    let messages = owner.run(own.clone()).await;
    let command = own["command"].as_str().unwrap();
    let expected = format!("$ {command}\nahiboma_tiny\n[exit status 1]\n");
    assert_eq!(printed(&messages), expected);
    let ended = messages.last().unwrap();
    assert_eq!(
        (&ended["status"], &ended["same"]),
        (&json!(1), &Value::Null)
    );
}

#[tokio::test]
async fn what_cannot_be_run_is_told_in_one_line() {
    let server = Server::start();
    let owner = server.owner().await;
    for (ask, told_by) in [
        (json!({ "recording": "../Cargo.toml" }), "Cargo.toml"),
        (
            json!({ "command": "true", "module": "../../etc/passwd" }),
            "passwd",
        ),
        (
            json!({ "command": "true", "module": "nothing.ko" }),
            "nothing.ko",
        ),
        (json!({}), "run"),
    ] {
        let messages = owner.run(ask.clone()).await;
        let last = messages.last().unwrap();
        let line = last["message"].as_str().expect("an error");
        assert!(
            line.contains(told_by) && !line.contains('\n'),
            "{ask}: {line}"
        );
    }
}

#[tokio::test]
async fn a_page_that_is_closed_ends_its_guest() {
    let server = Server::start();
    let owner = server.owner().await;
    let mut socket = owner.open("/live/run").await;
    socket
        .send(json!({ "command": "echo on; sleep 1000" }))
        .await;
    while printed(&[socket.next().await.unwrap()]) != "on\n" {}
    assert_eq!(server.guests(), 1);
    drop(socket);
    server.wait_for_guests(0).await;
}

#[tokio::test]
async fn a_run_can_be_stopped() {
    let server = Server::start();
    let owner = server.owner().await;
    let mut socket = owner.open("/live/run").await;
    socket
        .send(json!({ "command": "echo on; sleep 1000" }))
        .await;
    while printed(&[socket.next().await.unwrap()]) != "on\n" {}
    socket.send(json!({ "stop": true })).await;
    let messages = socket.all().await;
    assert_eq!(told(&messages, "error", "message"), ["stopped"]);
    server.wait_for_guests(0).await;
}

#[tokio::test]
async fn output_without_end_is_ended() {
    let server = Server::start();
    let owner = server.owner().await;
    let messages = owner.run(json!({ "command": "yes" })).await;
    assert!(printed(&messages).len() <= 2 << 20);
    let last = messages.last().unwrap()["message"].as_str().unwrap();
    assert!(last.contains("more than 1 MiB"), "{last}");
    server.wait_for_guests(0).await;
}

#[tokio::test]
async fn a_guest_that_hangs_is_ended() {
    let server = Server::start();
    let owner = server.owner().await;
    let messages = owner.run(json!({ "command": "sleep 1000" })).await;
    assert_eq!(told(&messages, "started", "limit"), ["30 s"]);
    let last = messages.last().unwrap();
    assert_eq!(last["type"], "hung");
    let why = last["why"].as_str().unwrap();
    assert!(why.contains("more than 30 s"), "{why}");
    server.wait_for_guests(0).await;
}
