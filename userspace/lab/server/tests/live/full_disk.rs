// SPDX-License-Identifier: MIT OR Apache-2.0

//! A full disk: writers get one line of error, existing files stay, and the server continues.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

use reqwest::header::LOCATION;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::server::Server;
use crate::socket::{printed, told};

const FILE: &str = "module/hiboma_tiny.rs";
const UAPI: &str = "module/uapi/hiboma.rs";
const EXERCISE: &str = "/live/exercises/first-ioctl";

/// The message that they get.
const FULL: &str = "The server's disk is full, so this is not saved.";

/// A file that fills a server's disk, until it is dropped.
struct Filling(PathBuf);

impl Filling {
    /// Leaves this many bytes free.
    fn leaving(server: &Server, left: u64) -> Self {
        let path = server.within(&server.state.path().join("filling"));
        let mut file = File::create(&path).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
        let length = file.metadata().unwrap().len();
        file.set_len(length - left).unwrap();
        Filling(path)
    }
}

impl Drop for Filling {
    fn drop(&mut self) {
        fs::remove_file(&self.0).unwrap();
    }
}

#[tokio::test]
async fn whoever_writes_is_told_and_what_was_there_stays() {
    let server = Server::on_small_disk();
    let ada = server.join("Ada").await;
    let invitation = server.invitation().await;
    let start = format!("{EXERCISE}/start");
    let saved = "// What was saved before.\n";
    assert_eq!(ada.change(FILE, saved).await, StatusCode::NO_CONTENT);
    let filling = Filling::leaving(&server, 0);

    for (method, path) in [
        (Method::PUT, &*format!("/live/files/{FILE}")),
        (Method::POST, &*start),
    ] {
        let request = ada.request(method, path).body("// More.\n".repeat(1000));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::INSUFFICIENT_STORAGE, "{path}");
        let line = answer.text().await.unwrap();
        assert!(
            line.starts_with(FULL) && line.lines().count() == 1,
            "{line}"
        );
    }
    let answer = server.stranger().send_name(&invitation, "Grace").await;
    let location = answer.headers()[LOCATION].to_str().unwrap();
    assert!(location.contains("disk+is+full"), "{location}");
    let messages = ada
        .run(json!({ "recording": "2-version/hiboma.txt" }))
        .await;
    let last = messages.last().unwrap()["message"].as_str().unwrap();
    assert!(last.starts_with(FULL), "{last}");

    // Requests that need no room still work.
    assert_eq!(ada.file(FILE).await["text"], saved);
    assert_eq!(ada.json(EXERCISE).await["state"], "new");
    let teacher = server.owner().await;
    let messages = teacher.run(json!({ "recording": "1-open/kvm.txt" })).await;
    assert_eq!(told(&messages, "ended", "same"), [true], "{messages:?}");
    let here = ada
        .post("/live/here", json!({ "chapter": "kvm-run" }))
        .await;
    assert_eq!(here, StatusCode::NO_CONTENT);

    drop(filling);
    assert_eq!(
        ada.change(FILE, "// Later.\n").await,
        StatusCode::NO_CONTENT
    );
    assert_eq!(ada.post(&start, json!({})).await, StatusCode::OK);
    let grace = server.join("Grace").await;
    assert_eq!(grace.file(FILE).await["changed"], false);
    let seats = server.owner().await.json("/live/seats").await;
    let names: Vec<&Value> = seats
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["name"])
        .collect();
    assert_eq!(names, ["Ada", "Grace"]);
}

#[tokio::test]
async fn a_compiler_that_fills_the_disk_can_build_when_there_is_room_again() {
    let server = Server::on_small_disk();
    let ada = server.join("Ada").await;
    let run = json!({ "recording": "2-version/hiboma.txt" });
    let version = |number: u32| format!("HIBOMA_VERSION: u32 = {number}");
    ada.replace(UAPI, &version(110), &version(111)).await;
    let messages = ada.run(run.clone()).await;
    assert!(printed(&messages).contains("111"), "{messages:#?}");

    // Enough for the sources, but not for the result.
    let filling = Filling::leaving(&server, 64 << 10);
    ada.replace(UAPI, &version(111), &version(112)).await;
    let messages = ada.run(run.clone()).await;
    assert_eq!(told(&messages, "building", "what"), ["hiboma_tiny.ko"]);
    assert!(told(&messages, "diagnostics", "items").is_empty());
    let errors = told(&messages, "error", "message");
    assert!(
        errors.len() == 1 && errors[0].as_str().unwrap().starts_with(FULL),
        "{messages:#?}"
    );

    drop(filling);
    let messages = ada.run(run).await;
    assert!(printed(&messages).contains("112"), "{messages:#?}");
}
