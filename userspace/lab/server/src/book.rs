// SPDX-License-Identifier: MIT OR Apache-2.0

//! The book as mdBook builds it, in each language, with the parts that make its pages live.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::{Context, Result};
use lab::workspace;
use mdbook_driver::MDBook;
use mdbook_driver::book::BookItem;
use tempfile::TempDir;
use tokio::sync::watch;
use translation::catalog::Catalog;
use translation::edition;

use crate::language::Language;
use crate::markers::Markers;

/// The prefix of its folders' names.
pub const PREFIX: &str = "book-";

/// Additional content of each page's head.
const HEAD: &str = r#"<link rel="stylesheet" href="/live/dist/live.css">
<script type="module" src="/live/dist/live.js"></script>
</head>"#;

/// The place in mdBook's menu bar for buttons that are not about one page.
const BUTTONS: &str = r#"<div class="right-buttons">"#;

/// The checkout's book, in its latest build.
pub struct Book {
    /// The folder of its folders.
    place: PathBuf,
    /// Each build has its own folder, so that no request reads a half-written one.
    built: RwLock<Built>,
    /// The number of rebuilds.
    edition: watch::Sender<u64>,
}

#[derive(Clone)]
struct Built {
    pages: Arc<TempDir>,
    japanese: Arc<Catalog>,
}

impl Book {
    /// Builds the book in a new folder in `place`.
    pub fn new(place: &Path) -> Result<Self> {
        Ok(Book {
            place: place.to_owned(),
            built: RwLock::new(build(place)?),
            edition: watch::Sender::new(0),
        })
    }

    /// Rebuilds the book. If that fails, the former build stays.
    pub fn build_again(&self) -> Result<()> {
        let built = build(&self.place)?;
        *self.built.write().unwrap_or_else(PoisonError::into_inner) = built;
        self.edition.send_modify(|edition| *edition += 1);
        Ok(())
    }

    /// Returns the folder of the latest build, which stays while this reference is held.
    pub fn pages(&self) -> Arc<TempDir> {
        self.built().pages
    }

    /// Returns the translations into a language; none for English.
    pub fn catalog(&self, language: Language) -> Option<Arc<Catalog>> {
        match language {
            Language::English => None,
            Language::Japanese => Some(self.built().japanese),
        }
    }

    fn built(&self) -> Built {
        let built = self.built.read().unwrap_or_else(PoisonError::into_inner);
        built.clone()
    }

    /// Removes the folder. A server that ends does not wait for other references to it.
    pub fn remove(&self) {
        // If that fails, the folder stays, which does no harm.
        let _ = fs::remove_dir_all(self.pages().path());
    }

    /// Returns a receiver that waits for the next edition.
    pub fn editions(&self) -> watch::Receiver<u64> {
        self.edition.subscribe()
    }
}

fn build(place: &Path) -> Result<Built> {
    let japanese = Arc::new(Catalog::of(Language::Japanese.tag())?);
    let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(place)?;
    for language in Language::ALL {
        let pages = folder.path().join(language.folder());
        build_in(language, &pages, &japanese)?;
        for entry in fs::read_dir(&pages)? {
            let path = entry?.path();
            if path.extension().is_some_and(|kind| kind == "html") {
                add_to(&path, language).with_context(|| path.display().to_string())?;
            }
        }
    }
    Ok(Built {
        pages: Arc::new(folder),
        japanese,
    })
}

fn build_in(language: Language, pages: &Path, japanese: &Arc<Catalog>) -> Result<()> {
    let markers = Markers::new()?;
    let mut book = MDBook::load(workspace::root().join("book"))?;
    book.config.build.build_dir = pages.to_owned();
    book.book.for_each_mut(|item| {
        if let BookItem::Chapter(chapter) = item {
            chapter.content = markers.mark(&chapter.content);
        }
    });
    match language {
        Language::English => book.build(),
        Language::Japanese => edition::build(book, Arc::clone(japanese)),
    }
}

/// Makes a page live, and adds a link to the same page in the other language.
fn add_to(page: &Path, language: Language) -> Result<()> {
    let name = page.file_name().context("a page without a name")?;
    let other = language.other();
    let link = format!(
        r#"<a class="icon-button live-language" href="/{}{}" lang="{tag}" hreflang="{tag}">{}</a>"#,
        other.folder(),
        name.display(),
        other.name(),
        tag = other.tag(),
    );
    let text = fs::read_to_string(page)?;
    let text = text.replacen("</head>", HEAD, 1);
    let text = text.replacen(BUTTONS, &format!("{BUTTONS}{link}"), 1);
    Ok(fs::write(page, text)?)
}
