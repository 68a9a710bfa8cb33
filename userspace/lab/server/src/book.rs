// SPDX-License-Identifier: MIT OR Apache-2.0

//! The book as mdBook builds it, with what the page needs to be live.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::{Context, Result};
use lab::workspace;
use mdbook_driver::MDBook;
use mdbook_driver::book::BookItem;
use tempfile::TempDir;
use tokio::sync::watch;
use walkdir::WalkDir;

use crate::markers::Markers;

/// What the names of its folders begin with.
pub const PREFIX: &str = "book-";

/// What each page has in its head besides.
const HEAD: &str = r#"<link rel="stylesheet" href="/live/dist/live.css">
<script type="module" src="/live/dist/live.js"></script>
</head>"#;

/// The book of the checkout, as it was when it was last built.
pub struct Book {
    /// Where its folders are.
    place: PathBuf,
    /// Each build has a folder of its own, so that none is read half-written.
    built: RwLock<Arc<TempDir>>,
    /// How often it was built again.
    edition: watch::Sender<u64>,
}

impl Book {
    /// Builds it, somewhere in this folder.
    pub fn new(place: &Path) -> Result<Self> {
        Ok(Book {
            place: place.to_owned(),
            built: RwLock::new(Arc::new(build(place)?)),
            edition: watch::Sender::new(0),
        })
    }

    /// Builds it again. Where that fails, the former one stays.
    pub fn build_again(&self) -> Result<()> {
        let built = Arc::new(build(&self.place)?);
        *self.built.write().unwrap_or_else(PoisonError::into_inner) = built;
        self.edition.send_modify(|edition| *edition += 1);
        Ok(())
    }

    /// The folder that it is in, for as long as this is kept.
    pub fn pages(&self) -> Arc<TempDir> {
        let built = self.built.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&built)
    }

    /// Removes it. A server that ends does not wait for all who have the folder.
    pub fn remove(&self) {
        // Where that fails, it stays, and is in nobody's way.
        let _ = fs::remove_dir_all(self.pages().path());
    }

    /// To wait for the next edition.
    pub fn editions(&self) -> watch::Receiver<u64> {
        self.edition.subscribe()
    }
}

fn build(place: &Path) -> Result<TempDir> {
    let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(place)?;
    let markers = Markers::new()?;
    let mut book = MDBook::load(workspace::root().join("book"))?;
    book.config.build.build_dir = folder.path().to_owned();
    book.book.for_each_mut(|item| {
        if let BookItem::Chapter(chapter) = item {
            chapter.content = markers.mark(&chapter.content);
        }
    });
    book.build()?;
    for entry in WalkDir::new(folder.path()) {
        let path = entry?.into_path();
        if path.extension().is_some_and(|kind| kind == "html") {
            add_head(&path).with_context(|| path.display().to_string())?;
        }
    }
    Ok(folder)
}

fn add_head(page: &Path) -> Result<()> {
    let text = fs::read_to_string(page)?;
    Ok(fs::write(page, text.replacen("</head>", HEAD, 1))?)
}
