// SPDX-License-Identifier: MIT OR Apache-2.0

//! Each word of the glossary is one that the book uses, where the glossary says.

use std::fs;

use crate::source::{Chapter, book, chapters};

#[test]
fn each_word_is_used_in_the_chapter_that_it_leads_to() {
    let chapters = chapters();
    let entries = entries();
    assert!(!entries.is_empty(), "the glossary has no entries");
    for Entry { word, links } in entries {
        let [link] = &links[..] else {
            panic!("{word}: one chapter explains it, not {links:?}")
        };
        let chapter = chapters.iter().find(|chapter| chapter.name() == *link);
        let chapter = chapter.unwrap_or_else(|| panic!("{word}: there is no {link}"));
        assert!(uses(chapter, &word), "{link} does not use \"{word}\"");
    }
}

#[test]
fn the_words_are_in_order() {
    let words: Vec<String> = entries()
        .into_iter()
        .map(|entry| key(&entry.word))
        .collect();
    assert!(words.is_sorted(), "{words:?}");
}

/// A word, and the files that what is said of it links to.
struct Entry {
    word: String,
    links: Vec<String>,
}

/// A line, and below it what begins with a colon and goes on indented.
fn entries() -> Vec<Entry> {
    let text = fs::read_to_string(book().join("src/glossary.md")).expect("the glossary is there");
    let paragraphs = text.split("\n\n");
    paragraphs
        .filter_map(|paragraph| {
            let (word, explanation) = paragraph.split_once("\n: ")?;
            let links = explanation.split("](").skip(1);
            let links = links.filter_map(|link| Some(link.split_once(')')?.0.to_owned()));
            Some(Entry {
                word: word.to_owned(),
                links: links.collect(),
            })
        })
        .collect()
}

/// Case, quotes and line breaks do not matter.
fn uses(chapter: &Chapter, word: &str) -> bool {
    let text = chapter.text.split_whitespace().collect::<Vec<_>>();
    key(&text.join(" ")).contains(&key(word))
}

fn key(text: &str) -> String {
    text.replace('`', "").to_lowercase()
}
