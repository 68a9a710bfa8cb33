// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Japanese edition translates all of the English one, with its markup and the agreed terms.

use std::collections::{BTreeMap, BTreeSet};

use mdbook_markdown::pulldown_cmark::{Event, Tag, TagEnd};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};
use regex::Regex;
use serde::Deserialize;
use translation::catalog::Catalog;
use translation::messages;

use crate::source::read_toml;

/// `book/po/terms.toml`.
#[derive(Deserialize)]
struct Terms {
    /// The valid Japanese translations of each English term.
    terms: BTreeMap<String, Vec<String>>,
    /// Words that must not be used, and their replacements.
    not: BTreeMap<String, String>,
}

#[test]
fn each_text_has_a_translation_that_nobody_doubts() {
    let japanese = japanese();
    let missing: Vec<String> = messages::all()
        .expect("the sources")
        .into_iter()
        .filter(|message| japanese.find(&message.text, message.context).is_none())
        .map(|message| format!("{}: {}", message.file, message.text))
        .collect();
    assert!(
        missing.is_empty(),
        "CONTRIBUTING.md says how to bring book/po/ja.po up to date. It lacks:\n{}",
        missing.join("\n")
    );
}

#[test]
fn each_translation_is_of_a_text_that_is_there() {
    let texts = messages::all().expect("the sources");
    let texts: BTreeSet<&str> = texts.iter().map(|message| &*message.text).collect();
    let left: Vec<String> = pairs().into_iter().map(|(english, _)| english).collect();
    let left: Vec<&String> = left
        .iter()
        .filter(|it| !texts.contains(it.as_str()))
        .collect();
    assert!(left.is_empty(), "no page has these any more: {left:#?}");
}

/// Compares code, links, emphasis, HTML and the values in scripts' sentences.
#[test]
fn a_translation_has_the_markup_of_the_original() {
    assert_none(|english, translated| {
        let (before, after) = (markup(english), markup(translated));
        (before != after).then(|| format!("{before:?} became {after:?}"))
    });
}

#[test]
fn a_term_is_the_same_everywhere() {
    let Terms { terms, .. } = terms();
    // A longer term may contain a shorter one.
    let mut terms: Vec<(Regex, Vec<String>)> = terms
        .iter()
        .map(|(term, japanese)| (pattern(term), japanese.clone()))
        .collect();
    terms.sort_by_key(|(term, _)| usize::MAX - term.as_str().len());
    assert_none(|english, translated| {
        // `*Not:*` begins a list of English words.
        let mut english = plain(english.trim_start_matches(|_| english.starts_with("*Not:*")));
        let translated = plain(translated);
        for (term, japanese) in &terms {
            let without = term.replace_all(&english, "$1_$2").into_owned();
            if without != english && !japanese.iter().any(|word| translated.contains(word)) {
                return Some(format!("{term} is one of {japanese:?}"));
            }
            english = without;
        }
        None
    });
}

#[test]
fn no_word_is_written_in_two_ways() {
    let Terms { not, .. } = terms();
    assert_none(|_, translated| {
        let translated = plain(translated);
        let found = not.iter().find(|(word, _)| translated.contains(*word));
        found.map(|(word, instead)| format!("{word}: write {instead}"))
    });
}

/// Japanese typesetting: no space next to kana and kanji, and wide punctuation.
#[test]
fn japanese_has_japanese_punctuation() {
    const JAPANESE: &str = r"[\p{Hiragana}\p{Katakana}\p{Han}ー。、「」（）：？！]";
    let wrong = Regex::new(&format!(
        "{JAPANESE} +[A-Za-z0-9_]|[A-Za-z0-9_] +{JAPANESE}|{JAPANESE}[,.:;!?()]|[,.;!?()]{JAPANESE}"
    ))
    .expect("a pattern");
    assert_none(|_, translated| {
        let translated = plain(translated);
        wrong
            .find(&translated)
            .map(|found| format!("{:?}", found.as_str()))
    });
}

/// Reports each translation for which `wrong` returns a problem.
fn assert_none(wrong: impl Fn(&str, &str) -> Option<String>) {
    let found: Vec<String> = pairs()
        .iter()
        .filter_map(|(english, translated)| {
            let wrong = wrong(english, translated)?;
            Some(format!("{wrong}\n  {english}\n  {translated}"))
        })
        .collect();
    assert!(
        found.is_empty(),
        "{} of them:\n{}",
        found.len(),
        found.join("\n")
    );
}

fn japanese() -> Catalog {
    Catalog::of("ja").expect("book/po/ja.po")
}

fn pairs() -> Vec<(String, String)> {
    let japanese = japanese();
    let pairs = japanese.entries().map(|entry| {
        let translated = entry.msgstr().expect("no text has a plural");
        (entry.msgid().to_owned(), translated.to_owned())
    });
    pairs
        .filter(|(_, translated)| !translated.is_empty())
        .collect()
}

fn terms() -> Terms {
    read_toml("book/po/terms.toml")
}

/// Returns a pattern for the term, also at the beginning of a sentence, but not as part of a name.
fn pattern(term: &str) -> Regex {
    let (first, rest) = term.split_at(1);
    let (upper, rest) = (first.to_uppercase(), regex::escape(rest));
    Regex::new(&format!(r"(^|[^\w/:.-])[{first}{upper}]{rest}($|[^\w/:-])")).expect("a pattern")
}

/// Returns all markup of a text, but no words; sorted, since languages order it differently.
fn markup(text: &str) -> Vec<String> {
    let mut found: Vec<String> = events(text)
        .filter_map(|event| match event {
            Event::Code(code) => Some(format!("`{code}`")),
            Event::InlineHtml(tag) | Event::Html(tag) => Some(tag.to_string()),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                Some(dest_url.to_string())
            }
            Event::Start(Tag::Emphasis) => Some("*".to_owned()),
            Event::Start(Tag::Strong) => Some("**".to_owned()),
            _ => None,
        })
        .collect();
    let values = Regex::new(r"\{\d\}").expect("a pattern");
    found.extend(
        values
            .find_iter(text)
            .map(|value| value.as_str().to_owned()),
    );
    found.sort();
    found
}

/// Returns the words of a text, with `_` for code, and `|` for the end of emphasis, which may need a space.
fn plain(text: &str) -> String {
    let words = events(text).map(|event| match event {
        Event::Text(text) => text.to_string(),
        Event::Code(_) => "_".to_owned(),
        Event::SoftBreak => " ".to_owned(),
        Event::End(TagEnd::Emphasis | TagEnd::Strong) | Event::InlineHtml(_) => "|".to_owned(),
        _ => String::new(),
    });
    words.collect()
}

fn events(text: &str) -> impl Iterator<Item = Event<'_>> {
    new_cmark_parser(text, &MarkdownOptions::default())
}
