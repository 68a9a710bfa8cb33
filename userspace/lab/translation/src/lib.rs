// SPDX-License-Identifier: MIT OR Apache-2.0

//! The editions of the book in other languages.
//!
//! Authors write English. Each other language is a gettext catalog in `book/po`,
//! with one entry for each block of prose: [`blocks`] defines these, [`messages`]
//! collects them, [`catalog`] translates them, and [`edition`] builds the book.

use std::path::Path;

use anyhow::Result;
use walkdir::WalkDir;

pub mod blocks;
pub mod catalog;
pub mod edition;
mod interface;
pub mod messages;
mod pictures;
mod scripts;
mod search;
mod sentences;

/// Returns the root of the repository.
pub fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.."))
}

/// Returns the files below a folder whose paths end like this, without a learner's copies.
fn files(folder: &str, end: &str) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in WalkDir::new(repository().join(folder)).sort_by_file_name() {
        let path = entry?.into_path();
        let file = path.strip_prefix(repository())?.display().to_string();
        if file.ends_with(end) && !file.contains("/mine/") {
            files.push(file);
        }
    }
    Ok(files)
}
