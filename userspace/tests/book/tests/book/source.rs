// SPDX-License-Identifier: MIT OR Apache-2.0

//! The sources of the chapters.

use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

/// Returns the root of the repository.
pub fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.."))
}

/// Returns the root of the book.
pub fn book() -> PathBuf {
    repository().join("book")
}

/// One file of `book/src`.
pub struct Chapter {
    pub path: PathBuf,
    pub text: String,
}

/// A block of code in a chapter, as in its source.
pub struct Listing {
    pub language: String,
    pub lines: Vec<String>,
}

pub fn chapters() -> Vec<Chapter> {
    let chapters: Vec<Chapter> = fs::read_dir(book().join("src"))
        .expect("book/src is there")
        .map(|entry| entry.expect("an entry of book/src").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a chapter is text");
            Chapter { path, text }
        })
        .collect();
    assert!(chapters.len() > 1, "no chapters in book/src");
    chapters
}

impl Chapter {
    pub fn name(&self) -> String {
        self.path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }

    /// Returns every block of code, fenced or indented.
    pub fn listings(&self) -> Vec<Listing> {
        listings(&self.text)
    }

    /// Returns the arguments of each `{{#include …}}`: a path from `book/src`, and the file's part.
    pub fn includes(&self) -> Vec<(PathBuf, &str)> {
        self.text
            .split("{{#include ")
            .skip(1)
            .map(|rest| {
                let argument = rest.split("}}").next().unwrap_or_default();
                let (path, part) = argument.split_once(':').unwrap_or((argument, ""));
                (PathBuf::from(path), part)
            })
            .collect()
    }
}

/// Returns every block of code in a text, fenced or indented.
pub fn listings(text: &str) -> Vec<Listing> {
    let mut listings = Vec::new();
    let mut events = Parser::new(text);
    while let Some(event) = events.next() {
        let Event::Start(Tag::CodeBlock(kind)) = event else {
            continue;
        };
        let language = match kind {
            CodeBlockKind::Fenced(language) => language.to_string(),
            CodeBlockKind::Indented => String::new(),
        };
        let text: String = events
            .by_ref()
            .take_while(|event| !matches!(event, Event::End(TagEnd::CodeBlock)))
            .filter_map(|event| match event {
                Event::Text(text) => Some(text.to_string()),
                _ => None,
            })
            .collect();
        let lines = text.lines().map(str::to_owned).collect();
        listings.push(Listing { language, lines });
    }
    listings
}

/// Reads a TOML file of the repository.
pub fn read_toml<T: serde::de::DeserializeOwned>(path: &str) -> T {
    let text = fs::read_to_string(repository().join(path)).expect(path);
    toml::from_str(&text).expect(path)
}
