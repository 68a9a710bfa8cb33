// SPDX-License-Identifier: MIT OR Apache-2.0

//! The book as mdbook builds it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use mdbook_driver::MDBook;
use scraper::Html;
use tempfile::TempDir;

use crate::source::book;

/// The folder that the book is built into, once for all tests.
static BUILT: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut book = MDBook::load(book()).expect("the book loads");
    book.config.build.build_dir = folder.path().to_owned();
    book.build().expect("the book builds");
    folder
});

/// One page, by its path in the book.
pub struct Page {
    pub path: PathBuf,
    pub html: Html,
}

/// Where the book was built.
pub fn folder() -> &'static Path {
    BUILT.path()
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
