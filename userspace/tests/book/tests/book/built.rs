// SPDX-License-Identifier: MIT OR Apache-2.0

//! The book as mdbook builds it.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use mdbook_driver::MDBook;

/// The folder that the book is built into, once for all tests of this program. It stays in
/// `target/`, and the next run builds there again.
static BUILT: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME"));
    let book = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../book"));
    let mut book = MDBook::load(book).expect("the book loads");
    book.config.build.build_dir = folder.clone();
    book.build().expect("the book builds");
    folder
});

/// Where the book was built.
pub fn folder() -> &'static Path {
    &BUILT
}
