// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which requests are served, and which are refused.

use futures_util::future::join_all;
use reqwest::header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Method, StatusCode};
use tokio_tungstenite::tungstenite::Error;

use crate::browser::Browser;
use crate::server::Server;

/// A path that only a seat may open.
const PRIVATE: &str = "/live/reload";

/// Returns the status of a refused WebSocket.
async fn refusal(browser: &Browser<'_>, origin: Option<&str>) -> StatusCode {
    match browser.open_from(origin, PRIVATE).await {
        Err(Error::Http(answer)) => StatusCode::from_u16(answer.status().as_u16()).unwrap(),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it is opened"),
    }
}

#[tokio::test]
async fn the_printed_link_gives_a_seat_and_does_not_stay_in_the_address() {
    let server = Server::start();
    let path = format!("/glossary.html?token={}", server.token);
    let answer = server.stranger().get(&path).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()[LOCATION], "/glossary.html");
    let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("; HttpOnly"), "{cookie}");
    assert!(cookie.contains("; SameSite=Lax"), "{cookie}");
    server.owner().await.open(PRIVATE).await;
}

#[tokio::test]
async fn without_a_seat_the_book_can_be_read_and_nothing_else() {
    let server = Server::start();
    let stranger = server.stranger();
    assert_eq!(
        stranger.get("/glossary.html").await.status(),
        StatusCode::OK
    );
    let origin = format!("http://{}", server.host);
    assert_eq!(
        refusal(&stranger, Some(&origin)).await,
        StatusCode::FORBIDDEN
    );
    for path in ["/?token=", "/?token=0123456789abcdef0123456789abcdef"] {
        let answer = stranger.get(path).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
        assert!(!answer.headers().contains_key(SET_COOKIE), "{path}");
    }
}

#[tokio::test]
async fn the_cookie_of_a_server_on_another_port_is_none() {
    let (server, other) = (Server::start(), Server::start());
    let (_, port) = other.host.split_once(':').unwrap();
    let cookie = format!("hiboma-{port}={}", server.token);
    let request = server.stranger().request(Method::GET, PRIVATE);
    let answer = request.header(COOKIE, cookie).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_name_that_was_made_to_lead_here_is_refused() {
    let server = Server::start();
    let owner = server.owner().await;
    for path in ["/", PRIVATE] {
        let answer = owner.get_by_name("evil.example:3000", path).await;
        assert_eq!(answer.status(), StatusCode::MISDIRECTED_REQUEST, "{path}");
    }
    let (_, port) = server.host.split_once(':').unwrap();
    let answer = owner.get_by_name(&format!("localhost:{port}"), "/").await;
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test]
async fn another_page_of_the_same_browser_is_refused() {
    let server = Server::start();
    let owner = server.owner().await;
    // Cookies treat the second one as the same site.
    for origin in ["http://evil.example", "http://127.0.0.1:1", "null"] {
        assert_eq!(refusal(&owner, Some(origin)).await, StatusCode::FORBIDDEN);
        let request = owner.request(Method::GET, PRIVATE).header(ORIGIN, origin);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{origin}");
    }
    assert_eq!(refusal(&owner, None).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_thousand_requests_are_all_answered() {
    let server = Server::start();
    let owner = server.owner().await;
    let requests = (0..1000).map(|_| owner.get("/live/files"));
    for answer in join_all(requests).await {
        assert_eq!(answer.status(), StatusCode::OK);
    }
}
