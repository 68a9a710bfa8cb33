// SPDX-License-Identifier: MIT OR Apache-2.0

//! The book in another language.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use mdbook_driver::MDBook;
use mdbook_driver::book::{Book, BookItem};
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

use crate::catalog::Catalog;
use crate::{interface, pictures, scripts, search};

/// Builds a loaded book in Japanese, in the folder of its configuration.
pub fn build(mut book: MDBook, japanese: Arc<Catalog>) -> Result<()> {
    let about = &mut book.config.book;
    about.language = Some("ja".to_owned());
    for text in [&mut about.title, &mut about.description] {
        let translated = text.as_ref().and_then(|text| japanese.get(text));
        *text = translated.map(str::to_owned).or(text.take());
    }
    book.with_preprocessor(Prose(Arc::clone(&japanese)));
    book.build()?;

    let folder = book.build_dir_for("html");
    each_file(&folder, "html", |page| {
        scripts::with_catalog(&interface::translate(page, interface::WORDS, &japanese))
    })?;
    scripts::translate(&folder, &japanese)?;
    each_file(&folder.join("images"), "svg", |picture| {
        pictures::translate(picture, &japanese)
    })?;
    search::fit(&folder)
}

/// Returns a workshop's page, which is not in the book, in Japanese, with the sentences of its scripts.
pub fn page(page: &str, japanese: &Catalog) -> String {
    let texts = interface::texts(page);
    let page = interface::translate(page, texts.iter().map(String::as_str), japanese);
    let page = page.replacen("<html lang=\"en\">", "<html lang=\"ja\">", 1);
    page.replacen(
        "</head>",
        "<script src=\"/ja/catalog.js\"></script>\n</head>",
        1,
    )
}

/// Translates titles and chapters, after mdBook has resolved their includes.
struct Prose(Arc<Catalog>);

impl Preprocessor for Prose {
    fn name(&self) -> &str {
        "gettext"
    }

    fn run(&self, _: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let title = |title: &mut String| {
            if let Some(translated) = self.0.get(title) {
                *title = translated.to_owned();
            }
        };
        book.for_each_mut(|item| match item {
            BookItem::Chapter(chapter) => {
                title(&mut chapter.name);
                chapter.parent_names.iter_mut().for_each(title);
                chapter.content = self.0.translate(&chapter.content);
            }
            BookItem::PartTitle(part) => title(part),
            BookItem::Separator => {}
        });
        Ok(book)
    }
}

/// Rewrites each file of a kind that is directly in a folder.
fn each_file(folder: &Path, kind: &str, edited: impl Fn(&str) -> String) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == kind) {
            fs::write(&path, edited(&fs::read_to_string(&path)?))?;
        }
    }
    Ok(())
}
