// SPDX-License-Identifier: MIT OR Apache-2.0

//! The pages, and what is in them for the tools.

use reqwest::StatusCode;

use crate::server::Server;

#[tokio::test]
async fn a_page_says_which_of_its_blocks_are_which_files() {
    let server = Server::start();
    let page = server.stranger().get("/anon-inode-getfd.html").await;
    let page = page.text().await.unwrap();
    assert!(page.contains(r#"src="/live/dist/live.js""#));
    for marker in [
        r#"data-file="comparisons/3-descriptor/kvm.txt" data-anchor="" data-kind="recording""#,
        r#"data-file="comparisons/graphs/getfd-c.txt" data-anchor="" data-kind="graph""#,
        r#"data-file="module/hiboma_tiny.rs" data-anchor="getfd" data-kind="listing""#,
    ] {
        let (_, behind) = page.split_once(marker).expect(marker);
        let (between, _) = behind.split_once("<pre").unwrap();
        assert!(!between.contains("live-block"), "{marker}");
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
