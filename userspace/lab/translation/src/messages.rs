// SPDX-License-Identifier: MIT OR Apache-2.0

//! Collects all texts to translate from the sources.

use std::fs;

use anyhow::{Context, Result};
use mdbook_driver::MDBook;
use mdbook_driver::book::BookItem;
use mdbook_driver::builtin_renderers::MarkdownRenderer;

use crate::blocks::blocks;
use crate::catalog::DEFINED;
use crate::{files, interface, pictures, repository, sentences};

/// A text, and the first file that contains it.
#[derive(Debug, PartialEq)]
pub struct Message {
    /// Its Markdown in one line.
    pub text: String,
    /// The path in the repository.
    pub file: String,
    /// The context, for gettext.
    pub context: Option<&'static str>,
}

/// Returns each text once, in the book's order.
pub fn all() -> Result<Vec<Message>> {
    let mut messages = Messages::default();
    messages.book()?;
    messages.exercises()?;
    messages.pictures()?;
    for word in interface::WORDS {
        messages.add(word, "mdBook");
    }
    let sentences = [sentences::of_scripts()?, sentences::of_server()?];
    for (sentence, file) in sentences.concat() {
        messages.add(&sentence, &file);
    }
    messages.workshop()?;
    Ok(messages.found)
}

#[derive(Default)]
struct Messages {
    found: Vec<Message>,
}

impl Messages {
    /// Collects titles and chapters, with their includes.
    fn book(&mut self) -> Result<()> {
        let book = MDBook::load(repository().join("book"))?;
        let about = &book.config.book;
        for text in [&about.title, &about.description].into_iter().flatten() {
            self.add(text, "book/book.toml");
        }
        let (book, _) = book.preprocess_book(&MarkdownRenderer::new())?;
        for item in book.iter() {
            match item {
                BookItem::PartTitle(title) => self.add(title, "book/src/SUMMARY.md"),
                BookItem::Chapter(chapter) => {
                    self.add(&chapter.name, "book/src/SUMMARY.md");
                    let path = chapter.path.as_ref().context("a chapter without a file")?;
                    self.page(&chapter.content, &format!("book/src/{}", path.display()));
                }
                BookItem::Separator => {}
            }
        }
        Ok(())
    }

    /// Collects titles, tasks and hints.
    fn exercises(&mut self) -> Result<()> {
        for file in files("userspace/exercises", "README.md")? {
            let page = fs::read_to_string(repository().join(&file))?;
            self.page(&page, &file);
        }
        Ok(())
    }

    fn pictures(&mut self) -> Result<()> {
        for file in files("book/src/images", ".svg")? {
            let picture = fs::read_to_string(repository().join(&file))?;
            for (_, text) in pictures::texts(&picture) {
                self.add(&text, &file);
            }
        }
        Ok(())
    }

    /// Collects the texts of the pages for joining, and of the teacher's page.
    fn workshop(&mut self) -> Result<()> {
        for file in files("book/live/src", ".html")? {
            let page = fs::read_to_string(repository().join(&file))?;
            for text in interface::texts(&page) {
                self.add(&text, &file);
            }
        }
        Ok(())
    }

    fn page(&mut self, page: &str, file: &str) {
        for block in blocks(page) {
            self.add_in(block.is_defined.then_some(DEFINED), &block.text, file);
        }
    }

    fn add(&mut self, text: &str, file: &str) {
        self.add_in(None, text, file);
    }

    fn add_in(&mut self, context: Option<&'static str>, text: &str, file: &str) {
        let is_it = |known: &Message| known.text == text && known.context == context;
        if !self.found.iter().any(is_it) {
            self.found.push(Message {
                text: text.to_owned(),
                file: file.to_owned(),
                context,
            });
        }
    }
}
