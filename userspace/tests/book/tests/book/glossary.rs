// SPDX-License-Identifier: MIT OR Apache-2.0

//! The book uses each word of the glossary in the chapter that the glossary links to.

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

/// A word, and its entry in the glossary.
pub struct Entry {
    pub word: String,
    /// The files that its explanation links to.
    links: Vec<String>,
    /// The words that must not be used for it.
    pub not: Vec<String>,
    /// The phrases in which they are allowed.
    pub but: Vec<String>,
}

/// Parses the entries: a line; then a paragraph that begins with a colon
/// and is indented; and, for some, a line `: *Not:* words (but: phrases)`.
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

/// Returns the items of a list with commas.
fn words(list: &str) -> Vec<String> {
    let words = list.split(',').map(str::trim);
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Ignores case, quotes and line breaks.
fn uses(chapter: &Chapter, word: &str) -> bool {
    let text = chapter.text.split_whitespace().collect::<Vec<_>>();
    key(&text.join(" ")).contains(&key(word))
}

fn key(text: &str) -> String {
    text.replace('`', "").to_lowercase()
}
