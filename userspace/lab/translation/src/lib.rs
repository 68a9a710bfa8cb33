// SPDX-License-Identifier: MIT OR Apache-2.0

//! The editions of the book in other languages.
//!
//! Authors write English. Each other language is a gettext catalog in `book/po`,
//! with one entry for each block of prose: [`blocks`] defines these, [`messages`]
//! collects them, [`catalog`] translates them, and [`edition`] builds the book.

use std::path::Path;

pub mod blocks;
pub mod catalog;
pub mod edition;
mod interface;
pub mod messages;
mod pictures;
mod scripts;
mod search;

/// Returns the root of the repository.
pub fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.."))
}
