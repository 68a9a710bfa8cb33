// SPDX-License-Identifier: MIT OR Apache-2.0

//! The pages of the book that mdbook has built.

use std::fs;
use std::path::{Path, PathBuf};

use scraper::{Html, Selector};

use crate::built::folder;

/// One page, by its path in the book.
pub struct Page {
    pub path: PathBuf,
    pub html: Html,
}

pub fn pages() -> Vec<Page> {
    let pages: Vec<Page> = fs::read_dir(folder())
        .expect("the book was built")
        .map(|entry| entry.expect("an entry of the book").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "html")
        })
        .map(|path| {
            let html = Html::parse_document(&fs::read_to_string(&path).expect("a page is text"));
            let path = path
                .strip_prefix(folder())
                .expect("it is in there")
                .to_owned();
            Page { path, html }
        })
        .collect();
    assert!(!pages.is_empty(), "the book has no pages");
    pages
}

#[test]
fn every_chapter_becomes_a_page() {
    for chapter in crate::source::chapters() {
        let page = Path::new(&chapter.name()).with_extension("html");
        let built = folder().join(&page).exists();
        assert!(
            built || chapter.name() == "SUMMARY.md",
            "{} is not in SUMMARY.md",
            chapter.name()
        );
    }
}

#[test]
fn no_directive_of_mdbook_is_left_in_a_page() {
    for page in pages() {
        let left = page.html.html().contains("{{#");
        assert!(
            !left,
            "{}: a {{{{#…}}}} that mdbook could not follow",
            page.path.display()
        );
    }
}

/// `Arc<T>` in HTML, where `Arc&lt;T&gt;` is meant, is a tag that nothing closes; and all that
/// follows is in it.
#[test]
fn no_tag_is_left_open() {
    let swallowed = Selector::parse("main :is(code, em, strong, p) :is(p, pre, ol, ul, table)");
    let swallowed = swallowed.expect("a selector");
    for page in pages() {
        let first = page.html.select(&swallowed).next();
        let first = first.map(|element| element.text().take(4).collect::<String>());
        assert_eq!(first, None, "{}: in an open tag", page.path.display());
    }
}
