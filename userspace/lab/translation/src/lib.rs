// SPDX-License-Identifier: MIT OR Apache-2.0

//! The editions of the book in other languages.
//!
//! English is what authors write. Each other language is a catalog of gettext in `book/po`, of whose entries each is
//! one block of prose: [`blocks`] tells what that is, [`messages`] collects all of them, [`catalog`] translates, and
//! [`edition`] builds the book.

use std::path::Path;

pub mod blocks;
pub mod catalog;
pub mod edition;
mod interface;
pub mod messages;
mod pictures;
mod scripts;
mod search;

/// The root of the repository.
pub fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.."))
}
