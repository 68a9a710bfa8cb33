// SPDX-License-Identifier: MIT OR Apache-2.0

//! The exercises.

use std::fs;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::server::Server;
use crate::socket::{printed, told};

const FILE: &str = "exercises/first-ioctl/exercise.rs";

/// Returns a file of an exercise's solution.
fn solution(path: &str) -> String {
    let exercises = concat!(env!("CARGO_MANIFEST_DIR"), "/../../exercises");
    fs::read_to_string(format!("{exercises}/{path}")).unwrap()
}

/// Starts or resets an exercise, or requests a hint.
async fn act(browser: &Browser<'_>, name: &str, action: &str) -> Value {
    let request = browser.request(Method::POST, &format!("/live/exercises/{name}/{action}"));
    let answer = request.send().await.unwrap();
    answer.json().await.unwrap()
}

async fn check(browser: &Browser<'_>, name: &str) -> Vec<Value> {
    browser
        .open(&format!("/live/exercises/{name}/check"))
        .await
        .all()
        .await
}

/// Returns the state of the exercise in the seat's list.
async fn state(browser: &Browser<'_>, name: &str) -> Value {
    let list: Value = browser.get("/live/exercises").await.json().await.unwrap();
    let list = list.as_array().unwrap();
    list.iter().find(|it| it["name"] == name).unwrap()["state"].clone()
}

#[tokio::test]
async fn an_exercise_goes_from_start_to_done() {
    let server = Server::start();
    let owner = server.owner().await;
    assert_eq!(state(&owner, "first-ioctl").await, "new");
    let too_early = owner.get("/live/exercises/first-ioctl/solution").await;
    assert_eq!(too_early.status(), StatusCode::FORBIDDEN);
    let exercise = act(&owner, "first-ioctl", "start").await;
    assert_eq!(exercise["state"], "started");
    assert_eq!(exercise["files"], json!([FILE]));
    assert!(
        exercise["task"]
            .as_str()
            .unwrap()
            .contains("<code>EXERCISE_DOUBLE</code>")
    );

    let messages = check(&owner, "first-ioctl").await;
    assert_eq!(
        told(&messages, "checked", "passed"),
        [false],
        "{messages:#?}"
    );
    let text = told(&messages, "checked", "text")[0].as_str().unwrap();
    assert!(text.contains('✗') && !text.contains('\u{1b}'), "{text}");

    let status = owner
        .change(FILE, solution("first-ioctl/solution/exercise.rs"))
        .await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let messages = check(&owner, "first-ioctl").await;
    assert_eq!(
        told(&messages, "checked", "passed"),
        [true],
        "{messages:#?}"
    );
    assert_eq!(state(&owner, "first-ioctl").await, "done");
    let theirs = owner.json("/live/exercises/first-ioctl/solution").await;
    let text = theirs["exercise.rs"].as_str().unwrap();
    assert!(text.contains("EXERCISE_DOUBLE"), "{theirs}");
    // The state is shared with `cargo lab exercise`.
    let done = server
        .state
        .path()
        .join("seats/owner/exercises/first-ioctl/.done");
    assert!(done.exists());

    assert_eq!(
        act(&owner, "first-ioctl", "reset").await["state"],
        "started"
    );
    assert_eq!(owner.file(FILE).await["changed"], false);
}

#[tokio::test]
async fn hints_come_one_by_one() {
    let server = Server::start();
    let owner = server.owner().await;
    act(&owner, "first-ioctl", "start").await;
    for count in 1..=2 {
        let exercise = act(&owner, "first-ioctl", "hint").await;
        assert_eq!(exercise["hints"].as_array().unwrap().len(), count);
        assert!(exercise["hints_total"].as_u64().unwrap() > 2);
    }
    let exercise: Value = owner
        .get("/live/exercises/first-ioctl")
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(exercise["hints"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_does_not_compile_is_told_at_its_line() {
    let server = Server::start();
    let owner = server.owner().await;
    act(&owner, "first-ioctl", "start").await;
    owner.replace(FILE, "EINVAL", "NOTHING").await;
    let messages = check(&owner, "first-ioctl").await;
    let items = told(&messages, "diagnostics", "items");
    assert_eq!(items[0][0]["file"], FILE, "{messages:#?}");
    assert_eq!(told(&messages, "checked", "passed"), [false]);
}

#[tokio::test]
async fn a_program_and_a_module_in_c_are_checked_too() {
    let server = Server::start();
    let owner = server.owner().await;
    for (name, files) in [
        ("pass-a-descriptor", &["main.rs", "message.rs"][..]),
        ("leaking-error-path", &["exercise.c"]),
    ] {
        act(&owner, name, "start").await;
        for file in files {
            let solved = solution(&format!("{name}/solution/{file}"));
            owner
                .change(&format!("exercises/{name}/{file}"), solved)
                .await;
        }
        let messages = check(&owner, name).await;
        assert_eq!(
            told(&messages, "checked", "passed"),
            [true],
            "{messages:#?}"
        );
    }
}

#[tokio::test]
async fn an_exercise_that_crashes_the_kernel_says_where() {
    let server = Server::start();
    let owner = server.owner().await;
    act(&owner, "first-ioctl", "start").await;
    owner
        .replace(
            FILE,
            "EXERCISE_VERSION =>",
            "EXERCISE_VERSION if true => panic!(),\nEXERCISE_VERSION =>",
        )
        .await;
    let messages = check(&owner, "first-ioctl").await;
    let frames = told(&messages, "crashed", "frames");
    assert_eq!(frames[0][0]["file"], FILE, "{messages:#?}");
    assert_eq!(told(&messages, "checked", "passed"), [false]);
    assert_eq!(told(&messages, "checked", "why"), ["the kernel crashed"]);
    let text = told(&messages, "checked", "text")[0].as_str().unwrap();
    assert!(text.contains("panicked at exercise.rs:"), "{text}");
    assert!(
        text.lines().last().unwrap().ends_with(": not run"),
        "{text}"
    );
}

#[tokio::test]
async fn there_is_nothing_to_change_before_the_start_nor_beside_the_files() {
    let server = Server::start();
    let owner = server.owner().await;
    assert_ne!(owner.change(FILE, "mine").await, StatusCode::NO_CONTENT);
    assert_eq!(state(&owner, "first-ioctl").await, "new");
    act(&owner, "first-ioctl", "start").await;
    for path in [
        "exercises/first-ioctl/.done",
        "exercises/first-ioctl/..%2f..%2fseat.json",
        "exercises/nothing/main.rs",
    ] {
        assert_eq!(
            owner.change(path, "mine").await,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

/// Runs a command in a guest with the seat's solution.
async fn run(browser: &Browser<'_>, name: &str, command: &Value) -> Vec<Value> {
    let mut socket = browser.open(&format!("/live/exercises/{name}/run")).await;
    socket.send(json!({ "command": command })).await;
    socket.all().await
}

#[tokio::test]
async fn the_command_of_a_task_runs_what_was_written() {
    let server = Server::start();
    let owner = server.owner().await;
    for (name, said) in [
        ("first-ioctl", "ioctl(3, 0xbb01, 21) = -1 EINVAL"),
        ("dirty-pages", "dirty: []"),
        ("which-einval", "kvm_vm_ioctl [kvm] = -EINVAL"),
        ("reference-cycle", "ioctl(4, 0xbb10, 0) = 0"),
    ] {
        let exercise = act(&owner, name, "start").await;
        let messages = run(&owner, name, &exercise["command"]).await;
        assert!(printed(&messages).contains(said), "{messages:#?}");
        assert_eq!(messages.last().unwrap()["type"], "ended", "{name}");
    }
}

#[tokio::test]
async fn every_task_has_a_command_and_what_it_includes() {
    let server = Server::start();
    let owner = server.owner().await;
    let list = owner.json("/live/exercises").await;
    for exercise in list.as_array().unwrap() {
        let name = exercise["name"].as_str().unwrap();
        let exercise = owner.json(&format!("/live/exercises/{name}")).await;
        let command = exercise["command"].as_str().unwrap();
        assert!(!command.is_empty(), "{name}");
        assert!(!command.contains("cargo lab exercise"), "{name}: {command}");
    }
    let exercise = owner.json("/live/exercises/ioctl-struct").await;
    assert_eq!(exercise["includes"], json!(["module/uaccess.rs"]));
}
