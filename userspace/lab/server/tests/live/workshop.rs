// SPDX-License-Identifier: MIT OR Apache-2.0

//! A workshop, its seats and its teacher.

use futures_util::future::join_all;
use nix::sys::signal::Signal;
use reqwest::StatusCode;
use reqwest::header::LOCATION;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::server::Server;
use crate::socket::{Socket, told};

const FILE: &str = "module/hiboma_tiny.rs";

/// Returns the seats as the teacher sees them.
async fn seats(server: &Server) -> Vec<Value> {
    let seats = server.owner().await.json("/live/seats").await;
    seats.as_array().unwrap().clone()
}

/// Runs a command without end until a run waits for another one. Returns the pages' sockets.
async fn run_until_one_waits(seat: &Browser<'_>) -> Vec<Socket> {
    let mut sockets = Vec::new();
    loop {
        let mut socket = seat.open("/live/run").await;
        socket.send(json!({ "command": "sleep 1000" })).await;
        let message = socket.next_but("building").await;
        sockets.push(socket);
        if message["type"] == "queued" {
            return sockets;
        }
        assert_eq!(message["type"], "started", "{message}");
    }
}

#[tokio::test]
async fn seats_do_not_see_each_other() {
    let server = Server::workshop();
    let (ada, grace) = (server.join("Ada").await, server.join("Grace").await);
    assert_eq!(ada.change(FILE, "Ada's").await, StatusCode::NO_CONTENT);
    assert_eq!(grace.file(FILE).await["changed"], false);
    assert_eq!(ada.file(FILE).await["text"], "Ada's");
    assert_eq!(grace.json("/live/files").await, json!([]));
    for path in [
        "/teacher",
        "/live/seats",
        "/live/seats/001/files",
        "/live/seats/001/files/module/hiboma_tiny.rs",
        "/live/invitation",
        "/live/invitation.svg",
    ] {
        assert_eq!(
            grace.get(path).await.status(),
            StatusCode::FORBIDDEN,
            "{path}"
        );
        assert_eq!(
            server.stranger().get(path).await.status(),
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_teacher_sees_where_everybody_is() {
    let server = Server::workshop();
    let ada = server.join("Ada <script>").await;
    server.join("Grace").await;
    assert_eq!(
        ada.post("/live/here", json!({ "chapter": "kvm-run" }))
            .await,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        ada.post("/live/exercises/first-ioctl/start", json!({}))
            .await,
        StatusCode::OK
    );
    ada.open("/live/exercises/first-ioctl/check")
        .await
        .all()
        .await;
    ada.change(FILE, "Ada's").await;
    ada.change("exercises/first-ioctl/exercise.rs", "hers")
        .await;

    let seats = seats(&server).await;
    assert_eq!(seats.len(), 2);
    let seat = &seats[0];
    assert_eq!(seat["name"], "Ada <script>");
    assert_eq!(
        (&seat["chapter"], &seat["exercise"]),
        (&json!("kvm-run"), &json!("first-ioctl"))
    );
    assert_eq!(
        (&seat["check"]["exercise"], &seat["check"]["passed"]),
        (&json!("first-ioctl"), &json!(false))
    );
    assert_eq!(
        (&seat["queued"], &seat["running"]),
        (&Value::Null, &json!(false))
    );
    assert_eq!(seats[1]["chapter"], Value::Null);

    let teacher = server.owner().await;
    let files = format!("/live/seats/{}/files", seat["id"].as_str().unwrap());
    let changed = teacher.json(&files).await;
    assert_eq!(changed[0]["path"], FILE);
    assert_eq!(changed[1]["path"], "exercises/first-ioctl/exercise.rs");
    let file = teacher.json(&format!("{files}/{FILE}")).await;
    assert_eq!(file["text"], "Ada's");
    assert_eq!(
        teacher.get("/live/seats/../owner/files").await.status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn who_waits_is_seen() {
    let server = Server::workshop();
    let ada = server.join("Ada").await;
    let sockets = run_until_one_waits(&ada).await;
    let seat = &seats(&server).await[0];
    assert_eq!(
        (&seat["running"], &seat["queued"]),
        (&json!(true), &json!(1))
    );
    drop(sockets);
    server.wait_for_guests(0).await;
}

#[tokio::test]
async fn everything_is_there_when_the_server_comes_back() {
    let server = Server::workshop();
    let invitation = server.invitation().await;
    let ada = server.join("Ada").await;
    ada.change(FILE, "Ada's").await;
    ada.post("/live/here", json!({ "chapter": "kvm-run" }))
        .await;
    let secret = ada.cookie().unwrap().split_once('=').unwrap().1.to_owned();
    let state = server.stop();

    let server = Server::workshop_in(state);
    let (_, port) = server.host.split_once(':').unwrap();
    let ada = server.browser_with(Some(format!("hiboma-{port}={secret}")));
    assert_eq!(ada.file(FILE).await["text"], "Ada's");
    assert_eq!(seats(&server).await[0]["chapter"], "kvm-run");
    assert_eq!(server.invitation().await, invitation);
}

#[tokio::test]
async fn who_waits_when_the_server_ends_is_told_to_ask_again() {
    let server = Server::workshop();
    let ada = server.join("Ada").await;
    // A file that the run does not use.
    let file = "userspace/pairs/2-version/hiboma.rs";
    ada.change(file, "Ada's").await;
    let cookie = ada.cookie();
    let mut sockets = run_until_one_waits(&ada).await;
    // This page has not asked yet.
    sockets.push(ada.open("/live/run").await);
    server.signal(Signal::SIGTERM);
    for mut socket in sockets {
        let messages = socket.all().await;
        let last = messages.last().unwrap()["message"].as_str().unwrap();
        assert!(last.starts_with("The server has ended."), "{messages:?}");
    }

    let port = format!("--port={}", server.host.rsplit_once(':').unwrap().1);
    let server = Server::workshop_with(&[&port], server.stop());
    let ada = server.browser_with(cookie);
    assert_eq!(ada.file(file).await["text"], "Ada's");
    let messages = ada.run(json!({ "recording": "1-open/kvm.txt" })).await;
    assert_eq!(told(&messages, "ended", "same"), [true], "{messages:?}");
}

#[tokio::test]
async fn two_servers_with_a_folder_each_know_their_own_seats() {
    let (one, other) = (Server::workshop(), Server::workshop());
    let ada = one.join("Ada").await;
    let secret = ada.cookie().unwrap().split_once('=').unwrap().1.to_owned();
    let (_, port) = other.host.split_once(':').unwrap();
    let there = other.browser_with(Some(format!("hiboma-{port}={secret}")));
    assert_eq!(
        there.get("/live/files").await.status(),
        StatusCode::FORBIDDEN
    );
    assert_eq!(ada.get("/live/files").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_name_that_will_not_do_is_asked_for_again() {
    let server = Server::workshop();
    let path = server.invitation().await;
    server.join("Ada").await;
    for name in ["", "Ada", &"a".repeat(41)] {
        let answer = server.stranger().send_name(&path, name).await;
        let location = answer.headers()[LOCATION].to_str().unwrap();
        assert!(
            location.starts_with(&format!("{path}&wrong=")),
            "{name}: {location}"
        );
    }
    assert_eq!(seats(&server).await.len(), 1);
}

#[tokio::test]
async fn who_joins_twice_has_one_seat() {
    let server = Server::workshop();
    let ada = server.join("Ada").await;
    let again = ada.send_name(&server.invitation().await, "Ada").await;
    assert_eq!(again.headers()[LOCATION], "/");
    assert_eq!(seats(&server).await.len(), 1);
}

#[tokio::test]
async fn nobody_joins_without_the_link() {
    let server = Server::workshop();
    for path in [
        "/join",
        "/join?code=",
        "/join?code=0123456789abcdef0123456789abcdef",
    ] {
        assert_eq!(
            server.stranger().get(path).await.status(),
            StatusCode::FORBIDDEN,
            "{path}"
        );
        let answer = server.stranger().send_name(path, "Ada").await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
    }
    let page = server.stranger().get(&server.invitation().await).await;
    assert_eq!(page.status(), StatusCode::OK);
}

#[tokio::test]
async fn without_a_workshop_there_is_no_room() {
    let server = Server::start();
    for path in ["/join", "/teacher", "/live/seats", "/live/invitation"] {
        assert_eq!(
            server.owner().await.get(path).await.status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn who_asks_too_often_is_told_and_the_others_are_served() {
    let server = Server::workshop();
    let (ada, grace) = (server.join("Ada").await, server.join("Grace").await);
    let runs = (0..60).map(|_| ada.run(json!({ "recording": "1-open/kvm.txt" })));
    let (all, hers) = tokio::join!(
        join_all(runs),
        grace.run(json!({ "recording": "1-open/kvm.txt" }))
    );
    assert_eq!(told(&hers, "ended", "same"), [true], "{hers:?}");
    let last = |messages: &Vec<Value>| messages.last().unwrap().clone();
    let ended = all.iter().map(last).filter(|it| it["same"] == true).count();
    let told = all
        .iter()
        .map(last)
        .filter(|it| it["type"] == "error")
        .count();
    assert!(
        ended >= 16 && told > 0 && ended + told == 60,
        "{ended} {told}"
    );
    server.wait_for_guests(0).await;
}

#[tokio::test]
async fn a_compiler_does_not_read_for_one_seat_what_another_has_written() {
    let server = Server::workshop();
    let (ada, grace) = (server.join("Ada").await, server.join("Grace").await);
    ada.change(FILE, "hers alone").await;
    let hers = server.state.path().join("seats/001/files").join(FILE);
    assert!(hers.exists());
    let text = grace.file(FILE).await["text"].as_str().unwrap().to_owned();
    let line = format!("const HERS: &str = include_str!({hers:?});");
    grace.change(FILE, format!("{text}\n{line}\n")).await;
    let messages = grace.run(json!({ "recording": "1-open/hiboma.txt" })).await;
    let told = format!("{messages:?}");
    assert!(
        told.contains("Permission denied") && !told.contains("hers alone"),
        "{told}"
    );
}
