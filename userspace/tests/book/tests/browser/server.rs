// SPDX-License-Identifier: MIT OR Apache-2.0

//! The built book on a port of this machine.

use std::net::TcpListener;
use std::sync::LazyLock;
use std::thread;
use std::{fs, io};

use axum::Router;
use tokio::runtime;
use tower_http::services::ServeDir;

use crate::built::{self, EDITIONS};

/// The address of the served book, while the tests run.
static ADDRESS: LazyLock<String> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    thread::spawn(|| serve(listener).expect("the book is served"));
    format!("http://{address}")
});

fn serve(listener: TcpListener) -> io::Result<()> {
    let files = ServeDir::new(built::folder());
    let book = Router::new().fallback_service(files);
    listener.set_nonblocking(true)?;
    let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        axum::serve(listener, book).await
    })
}

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
