// SPDX-License-Identifier: MIT OR Apache-2.0

//! The book shows only compiled code and recorded output, and nothing that was typed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use mdbook_driver::book::{Book, BookItem, Chapter};
use mdbook_driver::builtin_preprocessors::LinkPreprocessor;
use mdbook_driver::config::Config;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

use crate::exercises::is_task;
use crate::source::{book, chapters, read_toml, repository};

/// The folders of compiled code, as path prefixes in the repository.
pub const COMPILED: [&str; 3] = ["module/", "userspace/", "comparisons/c/"];

/// Generated tables, with tests that compare them with their sources: of
/// the first in the crate `emulator`, of the second in `cargo lab test`.
const TABLES: [&str; 2] = [
    "comparisons/emulator/instructions.md",
    "comparisons/kvm/differences.md",
];

#[test]
fn a_block_of_code_holds_nothing_but_includes() {
    for chapter in chapters() {
        for listing in chapter.listings() {
            assert!(
                !listing.lines.is_empty(),
                "{}: an empty block",
                chapter.name()
            );
            assert!(
                !listing.language.is_empty(),
                "{}: a block in no language",
                chapter.name()
            );
            for line in listing.lines {
                let line = line.trim();
                let included = line.starts_with("{{#include ") && line.ends_with("}}");
                let typed = !included && !line.is_empty();
                assert!(!typed, "{}: typed, not included: {line}", chapter.name());
            }
        }
        assert!(
            !chapter.text.contains("<pre"),
            "{}: a block in HTML",
            chapter.name()
        );
    }
}

#[test]
fn a_listing_says_which_file_it_is_from() {
    for chapter in chapters() {
        let lines: Vec<&str> = chapter
            .text
            .lines()
            .filter(|line| !line.is_empty())
            .collect();
        for here in lines.windows(3).filter(|lines| lines[1].starts_with("```")) {
            let Some(include) = here[2].strip_prefix("{{#include ../../") else {
                continue;
            };
            let path = include.split([':', '}']).next().unwrap_or_default();
            if COMPILED.iter().any(|folder| path.starts_with(folder)) && !path.ends_with(".txt") {
                let caption = format!("<p class=\"file\">{path}</p>");
                assert_eq!(here[0], caption, "{}", chapter.name());
            }
        }
    }
}

#[test]
fn what_is_included_was_compiled_or_recorded() {
    let recorded: BTreeSet<PathBuf> = recorded().into_iter().collect();
    for chapter in chapters() {
        for (path, part) in chapter.includes() {
            let path = in_repository(&path);
            let compiled = COMPILED.iter().any(|folder| path.starts_with(folder))
                && path
                    .extension()
                    .is_some_and(|kind| ["rs", "c", "h"].iter().any(|it| kind == *it));
            let is_table = TABLES.iter().any(|table| path == Path::new(table));
            let is_table = is_table || is_compared(&path);
            assert!(
                compiled || is_table || is_task(&path, part) || recorded.contains(&path),
                "{}: {} was neither compiled nor recorded",
                chapter.name(),
                path.display()
            );
        }
    }
}

/// Returns whether `cargo lab compare` or `cargo lab bench` generates this
/// table. Tests of the lab check that they still do, and that there is no other.
fn is_compared(path: &Path) -> bool {
    let text = fs::read_to_string(repository().join(path)).unwrap_or_default();
    let says = text.lines().nth(1).unwrap_or_default();
    ["compare", "bench"]
        .iter()
        .any(|it| says == format!("<!-- cargo lab {it} makes this -->"))
}

#[test]
fn every_table_of_the_lab_s_is_in_the_book() {
    let included = everything_included();
    let comparisons = repository().join("comparisons");
    let mut found = 0;
    for folder in fs::read_dir(&comparisons).expect("comparisons") {
        let folder = folder.expect("an entry").path();
        for file in fs::read_dir(&folder).into_iter().flatten() {
            let path = file.expect("an entry").path();
            let path = path.strip_prefix(repository()).expect("in the repository");
            if is_compared(path) {
                found += 1;
                let included = included.contains(path);
                assert!(included, "{} is not in the book", path.display());
            }
        }
    }
    assert!(found > 0, "there are no tables");
}

/// Returns the files that any chapter includes.
fn everything_included() -> BTreeSet<PathBuf> {
    let mut included = BTreeSet::new();
    for chapter in chapters() {
        let includes = chapter.includes();
        included.extend(includes.iter().map(|(path, _)| in_repository(path)));
    }
    included
}

#[test]
fn what_was_recorded_for_the_book_is_in_it() {
    let included = everything_included();
    let book = Path::new("comparisons/book");
    let for_the_book = recorded().into_iter().filter(|path| path.starts_with(book));
    for path in for_the_book {
        assert!(
            included.contains(&path),
            "{} is not in the book",
            path.display()
        );
    }
}

#[test]
fn every_include_finds_what_it_names() {
    for chapter in chapters() {
        for (path, part) in chapter.includes() {
            let include = format!("{{{{#include {}:{part}}}}}", path.display());
            let text = included(&include);
            assert_ne!(text, include, "{}: no such file", chapter.name());
            assert!(
                !text.trim().is_empty(),
                "{}: {include} is empty",
                chapter.name()
            );
        }
    }
}

/// Returns mdbook's replacement for an include.
fn included(include: &str) -> String {
    let context = PreprocessorContext::new(book(), Config::default(), "html".to_owned());
    let chapter = Chapter::new("", include.to_owned(), "include.md", Vec::new());
    let book = Book::new_with_items(vec![BookItem::Chapter(chapter)]);
    let book = LinkPreprocessor::new()
        .run(&context, book)
        .expect("includes are read");
    let chapter = book.chapters().next().expect("the chapter from above");
    chapter.content.clone()
}

/// Returns the files that `cargo lab record` writes.
fn recorded() -> Vec<PathBuf> {
    #[derive(serde::Deserialize)]
    struct Recordings {
        #[serde(alias = "graph", alias = "session")]
        recording: Vec<Recording>,
    }
    #[derive(serde::Deserialize)]
    struct Recording {
        file: String,
    }

    let comparisons = Path::new("comparisons");
    let lists = ["recordings", "graphs", "sessions"];
    let lists = lists.map(|list| format!("comparisons/{list}.toml"));
    let recordings = lists.map(|list| read_toml::<Recordings>(&list).recording);
    // A recording that names no device exists for both.
    let both = |file: &str| {
        ["hiboma", "kvm"].map(|device| comparisons.join(file.replace("{device}", device)))
    };
    let recordings = recordings.iter().flatten();
    recordings.flat_map(|it| both(&it.file)).collect()
}

/// Converts a path from `book/src` to a path from the repository's root.
pub fn in_repository(path: &Path) -> PathBuf {
    path.strip_prefix("../..").unwrap_or(path).to_owned()
}
