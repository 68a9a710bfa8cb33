// SPDX-License-Identifier: MIT OR Apache-2.0

//! The book as mdBook builds it, in each language, with what the page needs to be live.

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

/// What the names of its folders begin with.
pub const PREFIX: &str = "book-";

/// What each page has in its head besides.
const HEAD: &str = r#"<link rel="stylesheet" href="/live/dist/live.css">
<script type="module" src="/live/dist/live.js"></script>
</head>"#;

/// Where mdBook's menu bar has what is not about one page.
const BUTTONS: &str = r#"<div class="right-buttons">"#;

/// The book of the checkout, as it was when it was last built.
pub struct Book {
    /// Where its folders are.
    place: PathBuf,
    /// Each build has a folder of its own, so that none is read half-written.
    built: RwLock<Built>,
    /// How often it was built again.
    edition: watch::Sender<u64>,
}

#[derive(Clone)]
struct Built {
    pages: Arc<TempDir>,
    japanese: Arc<Catalog>,
}

impl Book {
    /// Builds it, somewhere in this folder.
    pub fn new(place: &Path) -> Result<Self> {
        Ok(Book {
            place: place.to_owned(),
            built: RwLock::new(build(place)?),
            edition: watch::Sender::new(0),
        })
    }

    /// Builds it again. Where that fails, the former one stays.
    pub fn build_again(&self) -> Result<()> {
        let built = build(&self.place)?;
        *self.built.write().unwrap_or_else(PoisonError::into_inner) = built;
        self.edition.send_modify(|edition| *edition += 1);
        Ok(())
    }

    /// The folder that it is in, for as long as this is kept.
    pub fn pages(&self) -> Arc<TempDir> {
        self.built().pages
    }

    /// What its Japanese edition has for each text.
    pub fn japanese(&self) -> Arc<Catalog> {
        self.built().japanese
    }

    fn built(&self) -> Built {
        let built = self.built.read().unwrap_or_else(PoisonError::into_inner);
        built.clone()
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

/// Makes a page live, and gives it a link to itself in the other language.
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
