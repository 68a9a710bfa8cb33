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
