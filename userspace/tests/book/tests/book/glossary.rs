// SPDX-License-Identifier: MIT OR Apache-2.0

//! Each word of the glossary is one that the book uses, where the glossary says.

use std::fs;

use crate::source::{Chapter, book, chapters};

#[test]
fn each_word_is_used_in_the_chapter_that_it_leads_to() {
    let chapters = chapters();
    let entries = entries();
    assert!(!entries.is_empty(), "the glossary has no entries");
    for Entry { word, links, .. } in entries {
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

/// A word, and what the glossary says of it.
pub struct Entry {
    pub word: String,
    /// The files that its explanation links to.
    links: Vec<String>,
    /// The words that are not to be used for it.
    pub not: Vec<String>,
    /// The phrases that may contain them nevertheless.
    pub but: Vec<String>,
}

/// A line; below it what begins with a colon and goes on indented; and, for some, a line
/// `: *Not:* words (but: phrases)`.
pub fn entries() -> Vec<Entry> {
    let text = fs::read_to_string(book().join("src/glossary.md")).expect("the glossary is there");
    let paragraphs = text.split("\n\n");
    paragraphs
        .filter_map(|paragraph| {
            let (word, explanation) = paragraph.split_once("\n: ")?;
            let links = explanation.split("](").skip(1);
            let links = links.filter_map(|link| Some(link.split_once(')')?.0.to_owned()));
            let (_, not) = explanation.split_once("\n: *Not:* ").unwrap_or_default();
            let (not, but) = not.split_once(" (but: ").unwrap_or((not, ""));
            Some(Entry {
                word: word.to_owned(),
                links: links.collect(),
                not: words(not),
                but: words(but.trim_end().trim_end_matches(')')),
            })
        })
        .collect()
}

/// What is between commas.
fn words(list: &str) -> Vec<String> {
    let words = list.split(',').map(str::trim);
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
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
