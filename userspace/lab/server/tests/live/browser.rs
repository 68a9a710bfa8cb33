// SPDX-License-Identifier: MIT OR Apache-2.0

//! A browser of a test, and the requests of its pages.

use reqwest::header::{COOKIE, HOST, ORIGIN, SET_COOKIE};
use reqwest::{Body, Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::server::Server;
use crate::socket::Socket;

/// A browser, with or without a seat.
pub struct Browser<'a> {
    server: &'a Server,
    cookie: Option<String>,
}

impl<'a> Browser<'a> {
    /// Creates a browser with this cookie.
    pub fn new(server: &'a Server, cookie: Option<String>) -> Self {
        Browser { server, cookie }
    }

    /// Returns the cookie that it sends with every request.
    pub fn cookie(&self) -> Option<String> {
        self.cookie.clone()
    }

    /// Stores the cookie of a response.
    pub fn keep_cookie(&mut self, answer: &Response) {
        let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
        self.cookie = cookie.split(';').next().map(str::to_owned);
    }

    /// Sends the form with a name.
    pub async fn send_name(&self, path: &str, name: &str) -> Response {
        let request = self.request(Method::POST, path);
        request.form(&[("name", name)]).send().await.unwrap()
    }

    /// Posts a JSON message.
    pub async fn post(&self, path: &str, message: Value) -> StatusCode {
        let request = self.request(Method::POST, path).json(&message);
        request.send().await.unwrap().status()
    }

    /// Returns the server's JSON response.
    pub async fn json(&self, path: &str) -> Value {
        self.get(path).await.json().await.unwrap()
    }

    /// Runs something, and returns all messages to the page.
    pub async fn run(&self, what: Value) -> Vec<Value> {
        let mut socket = self.open("/live/run").await;
        socket.send(what).await;
        socket.all().await
    }

    /// Returns a request like that of a page of the book.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let host = &self.server.host;
        let mut request = self
            .server
            .client
            .request(method.clone(), format!("http://{host}{path}"));
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        match method.is_safe() {
            true => request,
            false => request.header(ORIGIN, format!("http://{host}")),
        }
    }

    /// Requests a page.
    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    /// Changes a file.
    pub async fn change(&self, path: &str, text: impl Into<Body>) -> StatusCode {
        let request = self.request(Method::PUT, &format!("/live/files/{path}"));
        request.body(text).send().await.unwrap().status()
    }

    /// Returns a file as this seat sees it.
    pub async fn file(&self, path: &str) -> Value {
        let answer = self.get(&format!("/live/files/{path}")).await;
        answer.json().await.unwrap()
    }

    /// Replaces a text that must be in the file.
    pub async fn replace(&self, path: &str, from: &str, to: &str) {
        let file = self.file(path).await;
        let text = file["text"].as_str().unwrap();
        assert!(text.contains(from), "{path}: {from}");
        let status = self.change(path, text.replacen(from, to, 1)).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
    }

    /// Requests a page by another name of the server.
    pub async fn get_by_name(&self, name: &str, path: &str) -> Response {
        let request = self.request(Method::GET, path).header(HOST, name);
        request.send().await.unwrap()
    }

    /// Opens a WebSocket, like a page of the book.
    pub async fn open(&self, path: &str) -> Socket {
        let origin = format!("http://{}", self.server.host);
        self.open_from(Some(&origin), path).await.unwrap()
    }

    /// Opens a WebSocket like a page from elsewhere, or like a program that is not a browser.
    pub async fn open_from(&self, origin: Option<&str>, path: &str) -> Result<Socket, Error> {
        let address = format!("ws://{}{path}", self.server.host);
        let mut request = address.into_client_request().unwrap();
        let headers = request.headers_mut();
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        if let Some(cookie) = &self.cookie {
            headers.insert(COOKIE, cookie.parse().unwrap());
        }
        Ok(Socket(connect_async(request).await?.0))
    }
}
