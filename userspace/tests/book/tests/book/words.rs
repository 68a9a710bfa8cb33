// SPDX-License-Identifier: MIT OR Apache-2.0

//! Chapters and exercises use the glossary's words, and none that the glossary lists under *Not*.

use std::ops::Range;

use regex::{Captures, Regex};

use crate::exercises;
use crate::glossary::{Entry, entries};
use crate::prose::prose;
use crate::source::{Chapter, chapters};

/// The chapters that this test reads.
const CHAPTERS: &[&str] = &[
    "anon-inode-getfd.md",
    "capabilities.md",
    "comparisons.md",
    "costs.md",
    "errors.md",
    "exercises.md",
    "file-operations.md",
    "glossary.md",
    "installing.md",
    "instruction-to-exit.md",
    "into-kvm.md",
    "ioctl-numbers.md",
    "kvm-run.md",
    "lecture-hall.md",
    "lifetimes.md",
    "memory-slots.md",
    "misc-register.md",
    "own-module.md",
    "private-data.md",
    "rust-for-c.md",
    "teaching.md",
    "the-lab.md",
    "vcpu-mmap.md",
    "vmrun.md",
    "watching.md",
    "why-descriptors.md",
];

#[test]
fn no_chapter_uses_a_word_that_is_not_ours() {
    let chapters = chapters();
    let texts = CHAPTERS.iter().map(|&name| {
        let chapter = chapters.iter().find(|chapter| chapter.name() == name);
        let chapter = chapter.unwrap_or_else(|| panic!("there is no {name}"));
        (name.to_owned(), without_the_lists(chapter))
    });
    assert_only_ours(texts);
}

#[test]
fn no_task_and_no_hint_uses_a_word_that_is_not_ours() {
    assert_only_ours(exercises::readmes());
}

/// Checks texts, each with its name and its Markdown.
fn assert_only_ours(texts: impl IntoIterator<Item = (String, String)>) {
    let entries = entries();
    let avoided: Vec<Avoided> = entries.iter().map(Avoided::new).collect();
    let mut found = Vec::new();
    for (name, text) in texts {
        let prose = prose(&text);
        for avoided in &avoided {
            let uses = avoided.uses(&prose).into_iter();
            found.extend(uses.map(|place| format!("{name}, {}: {place}", avoided.word)));
        }
    }
    assert!(found.is_empty(), "not ours:\n{}", found.join("\n"));
}

#[test]
fn the_glossary_says_which_words_are_not_ours() {
    let entries = entries();
    let entry = |word: &str| entries.iter().find(|entry| entry.word == word);
    let [vm, errno] = ["VM", "errno"].map(|word| Avoided::new(entry(word).expect(word)));
    assert_eq!(vm.uses("A machine's memory. Two Machines.").len(), 2);
    assert_eq!(
        vm.uses("Machinery of a virtual machine, and machine code.")
            .len(),
        0
    );
    assert_eq!(errno.uses("It is EINVAL.").len(), 1);
    assert_eq!(errno.uses("It is Enough, and returns EINVAL.").len(), 0);
}

/// The words that the book avoids for a word of the glossary.
struct Avoided<'a> {
    word: &'a str,
    not: Vec<Regex>,
    but: Vec<Regex>,
}

impl<'a> Avoided<'a> {
    fn new(entry: &'a Entry) -> Self {
        let patterns = |words: &[String]| words.iter().map(|word| pattern(word)).collect();
        Avoided {
            word: &entry.word,
            not: patterns(&entry.not),
            but: patterns(&entry.but),
        }
    }

    /// Returns each use of such a word in `prose`, with the words around it.
    fn uses(&self, prose: &str) -> Vec<String> {
        let mut rest = prose.to_owned();
        for phrase in &self.but {
            let blank = |found: &Captures| "_".repeat(found[0].len());
            rest = phrase.replace_all(&rest, blank).into_owned();
        }
        let found = self.not.iter().flat_map(|word| word.find_iter(&rest));
        found.map(|word| around(prose, word.range())).collect()
    }
}

/// Returns the text in `range`, with up to 40 characters of its line before and after.
fn around(prose: &str, range: Range<usize>) -> String {
    let (before, after) = (&prose[..range.start], &prose[range.end..]);
    let before = before.rsplit('\n').next().unwrap_or_default();
    let after = after.split('\n').next().unwrap_or_default();
    let start = before.char_indices().rev().take(40).last();
    let before = &before[start.map_or(0, |(start, _)| start)..];
    let after: String = after.chars().take(40).collect();
    format!("{before}[{}]{after}", &prose[range])
}

/// Returns a pattern for the word, its capital form and its plural. `E…` is any errno.
fn pattern(word: &str) -> Regex {
    let (first, rest) = word.split_at(1);
    let upper = first.to_uppercase();
    let rest = regex::escape(rest).replace('…', "[A-Z0-9]+");
    Regex::new(&format!(r"\b[{first}{upper}]{rest}(?:s|es)?\b")).expect("a pattern")
}

/// Removes the glossary's own lists of such words.
fn without_the_lists(chapter: &Chapter) -> String {
    let lines = chapter.text.lines();
    let lines = lines.filter(|line| !line.starts_with(": *Not:*"));
    lines.collect::<Vec<_>>().join("\n")
}
