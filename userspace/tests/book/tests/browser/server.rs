// SPDX-License-Identifier: MIT OR Apache-2.0

//! The built book on a port of this machine.

use std::fs::{self, File};
use std::path::Path;
use std::sync::LazyLock;
use std::thread;

use tiny_http::{Header, Request, Response, Server};

use crate::built::{self, EDITIONS};

/// The address of the served book, while the tests run.
static ADDRESS: LazyLock<String> = LazyLock::new(|| {
    let server = Server::http("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", server.server_addr());
    thread::spawn(move || {
        // One thread per request: a response that the browser does not read must not block others.
        for request in server.incoming_requests() {
            thread::spawn(|| answer(request));
        }
    });
    address
});

/// Returns the address of a file of the book.
pub fn address(file: &str) -> String {
    format!("{}/{file}", *ADDRESS)
}

/// Returns the chapters' pages in both languages.
pub fn chapters() -> Vec<String> {
    let editions = EDITIONS.into_iter();
    let pages = |edition| {
        let pages = english().into_iter();
        pages.map(move |page| format!("{edition}{page}"))
    };
    editions.flat_map(pages).collect()
}

/// Returns the English ones, without the pages that mdbook makes of several chapters or of none.
pub fn english() -> Vec<String> {
    let made = ["404.html", "index.html", "print.html", "toc.html"];
    let chapters: Vec<String> = fs::read_dir(built::folder())
        .expect("the book was built")
        .map(|entry| entry.expect("an entry of the book").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".html") && !made.contains(&name.as_str()))
        .collect();
    assert!(!chapters.is_empty(), "the book has no chapters");
    chapters
}

fn answer(request: Request) {
    let path = request.url().split('?').next().unwrap_or_default();
    let path = built::folder().join(path.trim_start_matches('/'));
    // A browser that has gone does not need the response.
    let _ = match File::open(&path) {
        Ok(file) if path.is_file() => {
            request.respond(Response::from_file(file).with_header(content_type(&path)))
        }
        _ => request.respond(Response::empty(404)),
    };
}

fn content_type(path: &Path) -> Header {
    let kind = match path.extension().and_then(|kind| kind.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        Some("svg") => "image/svg+xml",
        // A kind of text, as with `mdbook serve`.
        Some("rs" | "c" | "h") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
    Header::from_bytes("Content-Type", kind).expect("a header")
}
