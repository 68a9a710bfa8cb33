// SPDX-License-Identifier: MIT OR Apache-2.0

//! The book as mdbook builds it.

use std::path::Path;
use std::sync::LazyLock;

use mdbook_driver::MDBook;
use tempfile::TempDir;

/// The folder that the book is built into, once for all tests.
static BUILT: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder");
    let book = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../book"));
    let mut book = MDBook::load(book).expect("the book loads");
    book.config.build.build_dir = folder.path().to_owned();
    book.build().expect("the book builds");
    folder
});

/// Where the book was built.
pub fn folder() -> &'static Path {
    BUILT.path()
}
