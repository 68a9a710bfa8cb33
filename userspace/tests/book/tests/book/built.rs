// SPDX-License-Identifier: MIT OR Apache-2.0

//! The book as mdbook builds it, in both languages.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use mdbook_driver::MDBook;
use translation::catalog::Catalog;
use translation::edition;

/// The folders of the pages in each language: English, and Japanese.
pub const EDITIONS: [&str; 2] = ["", "ja/"];

/// The folder of the built book, which is built once for all tests of this
/// program. It stays in `target/`, and the next run builds there again.
static BUILT: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME"));
    let book = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../book"));
    let [english, japanese] = EDITIONS.map(|edition| {
        let mut book = MDBook::load(book).expect("the book loads");
        book.config.build.build_dir = folder.join(edition);
        book
    });
    english.build().expect("the book builds");
    let catalog = Catalog::of("ja").expect("book/po/ja.po");
    edition::build(japanese, Arc::new(catalog)).expect("the book builds in Japanese");
    folder
});

/// Returns the folder of the built book.
pub fn folder() -> &'static Path {
    &BUILT
}
