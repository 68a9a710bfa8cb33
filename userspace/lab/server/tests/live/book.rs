// SPDX-License-Identifier: MIT OR Apache-2.0

//! The pages, and their additions for the tools.

use std::fs::{self, File};
use std::time::SystemTime;

use reqwest::StatusCode;

use crate::server::Server;

#[tokio::test]
async fn a_page_says_which_of_its_blocks_are_which_files() {
    let server = Server::start();
    let page = server.stranger().get("/anon-inode-getfd.html").await;
    let page = page.text().await.unwrap();
    assert!(page.contains(r#"src="/live/dist/live.js""#));
    for (kind, file) in [
        ("recording", "comparisons/3-descriptor/kvm.txt"),
        ("graph", "comparisons/graphs/getfd-c.txt"),
        ("listing", "module/hiboma_tiny.rs"),
    ] {
        let marker = format!(r#"<!-- live {{"kind":"{kind}","file":"{file}","#);
        let (_, behind) = page.split_once(&marker).expect(&marker);
        let (between, _) = behind.split_once("<pre").unwrap();
        assert!(!between.contains("<!--"), "{marker}");
    }
}

#[tokio::test]
async fn what_is_not_in_the_book_is_not_found() {
    let server = Server::start();
    let owner = server.owner().await;
    for path in [
        "/nothing.html",
        "/live/nothing",
        "/%2e%2e/Cargo.toml",
        "/live/dist/..%2f..%2fbook.toml",
    ] {
        assert_eq!(
            owner.get(path).await.status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_page_is_told_when_a_chapter_is_written_again() {
    let server = Server::start();
    let mut page = server.owner().await.open("/live/reload").await;
    let chapter = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../book/src/glossary.md");
    let chapter = File::options().append(true).open(chapter).unwrap();
    chapter.set_modified(SystemTime::now()).unwrap();
    assert_eq!(page.next().await.unwrap()["type"], "reload");
    let answer = server.stranger().get("/glossary.html").await;
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_server_that_ends_leaves_only_what_its_reader_has_written() {
    let server = Server::start();
    server.owner().await.change("module/vm.rs", "mine").await;
    let state = server.stop();
    let left = fs::read_dir(state.path()).unwrap();
    let mut left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["code", "lock", "seats"]);
}
