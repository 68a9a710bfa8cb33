// SPDX-License-Identifier: MIT OR Apache-2.0

//! A seat's own copies.

use std::fs;
use std::os::unix::fs::symlink;

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::server::Server;

const FILE: &str = "module/hiboma_tiny.rs";

#[tokio::test]
async fn a_change_is_the_seat_s_own_and_can_be_taken_back() {
    let server = Server::start();
    let owner = server.owner().await;
    let checkout = concat!(env!("CARGO_MANIFEST_DIR"), "/../../..");
    let original = fs::read_to_string(format!("{checkout}/{FILE}")).unwrap();

    let file = owner.file(FILE).await;
    assert_eq!(
        (&file["text"], &file["changed"]),
        (&json!(original), &json!(false))
    );
    assert_eq!(file["language"], "rust");
    assert_eq!(owner.change(FILE, "mine").await, StatusCode::NO_CONTENT);
    let file = owner.file(FILE).await;
    assert_eq!(
        (&file["text"], &file["changed"]),
        (&json!("mine"), &json!(true))
    );
    assert_eq!(file["original"], json!(original));
    let list = owner.get("/live/files").await.text().await.unwrap();
    assert_eq!(list, format!(r#"[{{"path":"{FILE}","changed":true}}]"#));
    assert_eq!(
        fs::read_to_string(format!("{checkout}/{FILE}")).unwrap(),
        original
    );

    let request = owner.request(Method::DELETE, &format!("/live/files/{FILE}"));
    assert_eq!(
        request.send().await.unwrap().status(),
        StatusCode::NO_CONTENT
    );
    assert_eq!(owner.file(FILE).await["changed"], false);
    // Typing the original text also removes the change.
    owner.change(FILE, "mine").await;
    owner.change(FILE, original).await;
    assert_eq!(owner.get("/live/files").await.text().await.unwrap(), "[]");
}

#[tokio::test]
async fn nothing_else_can_be_changed_or_read() {
    let server = Server::start();
    let owner = server.owner().await;
    for path in [
        "Cargo.toml",
        "module/Makefile",
        "module/new.rs",
        "module",
        "userspace/lab/src/lib.rs",
        "..%2fseat.json",
        "module%2f..%2fuserspace%2flab%2fsrc%2flib.rs",
        "module/%2e%2e/userspace/lab/src/lib.rs",
        "%2fetc%2fpasswd",
    ] {
        let read = owner.get(&format!("/live/files/{path}")).await.status();
        assert_eq!(read, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(
            owner.change(path, "mine").await,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let long = owner.change(FILE, "a".repeat(300 << 10)).await;
    assert_eq!(long, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_link_in_a_seat_s_folder_leads_nowhere() {
    let server = Server::start();
    let owner = server.owner().await;
    let folder = server.state.path().join("seats/owner/files/module");
    fs::create_dir_all(&folder).unwrap();
    symlink("/etc/passwd", folder.join("hiboma_tiny.rs")).unwrap();
    let text = owner.file(FILE).await["text"].to_string();
    assert!(!text.contains("root:"), "{text}");
    assert_eq!(owner.change(FILE, "mine").await, StatusCode::NO_CONTENT);
    assert!(fs::read_to_string("/etc/passwd").unwrap().contains("root:"));
}

#[tokio::test]
async fn a_change_is_there_when_the_server_comes_back() {
    let server = Server::start();
    let owner = server.owner().await;
    owner.change(FILE, "mine").await;
    let token = server.token.clone();
    let state = server.stop();
    let server = Server::start_in(state);
    assert_eq!(server.token, token);
    assert_eq!(server.owner().await.file(FILE).await["text"], "mine");
}
