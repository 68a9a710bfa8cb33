// SPDX-License-Identifier: MIT OR Apache-2.0

//! A browser is answered in the language that it asks for first.

use reqwest::header::{ACCEPT_LANGUAGE, LOCATION, SET_COOKIE};
use reqwest::{Method, Url};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::server::Server;

async fn text_in(browser: &Browser<'_>, language: &str, path: &str) -> String {
    let request = browser.request(Method::GET, path);
    let answer = request.header(ACCEPT_LANGUAGE, language).send().await;
    answer.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn whoever_asks_for_japanese_joins_in_japanese() {
    let server = Server::workshop();
    let path = server.invitation().await;
    let stranger = server.stranger();
    let page = text_in(&stranger, "ja,en-US;q=0.7,en;q=0.3", &path).await;
    assert!(page.contains(r#"<html lang="ja">"#), "{page}");
    assert!(page.contains(">参加する<"), "{page}");
    let page = text_in(&stranger, "en-GB,ja;q=0.3", &path).await;
    assert!(page.contains(">Join<"), "{page}");

    let form = stranger.request(Method::POST, &path);
    let form = form.header(ACCEPT_LANGUAGE, "ja").form(&[("name", "花子")]);
    let answer = form.send().await.unwrap();
    assert_eq!(answer.headers()[LOCATION], "/ja/");
    assert!(answer.headers().contains_key(SET_COOKIE));
}

#[tokio::test]
async fn a_task_is_in_the_language_of_its_page_and_its_command_in_none() {
    let server = Server::start();
    let owner = server.owner().await;
    let all = owner.json("/live/exercises").await;
    for exercise in all.as_array().unwrap() {
        let path = format!("/live/exercises/{}", exercise["name"].as_str().unwrap());
        let mut shown = Vec::new();
        for language in ["en", "ja"] {
            let text = text_in(&owner, language, &path).await;
            shown.push(serde_json::from_str::<Value>(&text).unwrap());
        }
        let [english, japanese] = &shown[..] else {
            unreachable!("two were asked for")
        };
        assert_ne!(english["title"], japanese["title"], "{path}");
        assert_ne!(english["task"], japanese["task"], "{path}");
        assert_eq!(english["command"], japanese["command"], "{path}");
    }
}

#[tokio::test]
async fn the_server_says_why_in_the_language_of_the_page() {
    let server = Server::workshop();
    let stranger = server.stranger();
    let refused = text_in(&stranger, "ja", "/live/files").await;
    assert!(
        refused.starts_with("このブラウザには席がありません。"),
        "{refused}"
    );
    let refused = text_in(&stranger, "en", "/live/files").await;
    assert!(
        refused.starts_with("This browser has no seat here"),
        "{refused}"
    );

    let owner = server.owner().await;
    let refused = text_in(&owner, "ja", "/live/exercises/none").await;
    assert_eq!(refused, "noneという演習はありません。\n");
    // A browser's WebSocket has its user's languages in its header, whatever the page's is.
    for (path, why) in [
        ("/live/run?language=ja", "a/bというモジュールはありません。"),
        ("/live/run?language=en", "there is no module a/b"),
    ] {
        let mut socket = owner.open(path).await;
        socket
            .send(json!({ "command": "true", "module": "a/b" }))
            .await;
        let messages = socket.all().await;
        assert_eq!(messages.last().unwrap()["message"], why, "{messages:?}");
    }

    let path = server.invitation().await;
    let form = stranger.request(Method::POST, &path);
    let form = form.header(ACCEPT_LANGUAGE, "ja").form(&[("name", " ")]);
    let again = form.send().await.unwrap();
    let again = again.headers()[LOCATION].to_str().unwrap();
    let wrong = Url::parse(&format!("http://room{again}")).unwrap();
    let wrong = wrong.query_pairs().find(|(name, _)| name == "wrong");
    assert_eq!(wrong.unwrap().1, "名前を入力してください。");
}
