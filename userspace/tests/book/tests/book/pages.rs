// SPDX-License-Identifier: MIT OR Apache-2.0

//! The pages of the book that mdbook has built.

use std::fs;
use std::path::{Path, PathBuf};

use scraper::{Html, Selector};

use crate::built::{EDITIONS, folder};

/// A page, by its path in its edition.
pub struct Page {
    pub path: PathBuf,
    pub html: Html,
}

/// Returns the English pages.
pub fn pages() -> Vec<Page> {
    pages_of(EDITIONS[0])
}

/// Returns the pages of an edition, sorted by name.
pub fn pages_of(edition: &str) -> Vec<Page> {
    let folder = folder().join(edition);
    let mut pages: Vec<Page> = fs::read_dir(&folder)
        .expect("the book was built")
        .map(|entry| entry.expect("an entry of the book").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "html")
        })
        .map(|path| {
            let html = Html::parse_document(&fs::read_to_string(&path).expect("a page is text"));
            let path = path
                .strip_prefix(&folder)
                .expect("it is in there")
                .to_owned();
            Page { path, html }
        })
        .collect();
    assert!(!pages.is_empty(), "the book has no pages");
    pages.sort_by(|one, other| one.path.cmp(&other.path));
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
    for page in EDITIONS.into_iter().flat_map(pages_of) {
        let left = page.html.html().contains("{{#");
        assert!(
            !left,
            "{}: a {{{{#…}}}} that mdbook could not follow",
            page.path.display()
        );
    }
}

/// `Arc<T>` in HTML, instead of `Arc&lt;T&gt;`, is a tag that
/// nothing closes, so that it contains everything after it.
#[test]
fn no_tag_is_left_open() {
    let swallowed = Selector::parse("main :is(code, em, strong, p) :is(p, pre, ol, ul, table)");
    let swallowed = swallowed.expect("a selector");
    for page in EDITIONS.into_iter().flat_map(pages_of) {
        let first = page.html.select(&swallowed).next();
        let first = first.map(|element| element.text().take(4).collect::<String>());
        assert_eq!(first, None, "{}: in an open tag", page.path.display());
    }
}
