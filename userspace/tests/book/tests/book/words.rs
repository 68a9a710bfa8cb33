// SPDX-License-Identifier: MIT OR Apache-2.0

//! A chapter calls things by the glossary's words, and by none that the glossary says are *not* ours.

use regex::{Captures, Regex};

use crate::glossary::{Entry, entries};
use crate::prose::prose;
use crate::source::{Chapter, chapters};

/// The chapters whose words are looked at.
const CHAPTERS: &[&str] = &[
    "comparisons.md",
    "costs.md",
    "errors.md",
    "glossary.md",
    "instruction-to-exit.md",
    "kvm-run.md",
    "memory-slots.md",
    "own-module.md",
    "vcpu-mmap.md",
];

#[test]
fn no_chapter_uses_a_word_that_is_not_ours() {
    let chapters = chapters();
    let entries = entries();
    let mut found = Vec::new();
    for &name in CHAPTERS {
        let chapter = chapters.iter().find(|chapter| chapter.name() == name);
        let chapter = chapter.unwrap_or_else(|| panic!("there is no {name}"));
        let prose = prose(&without_the_lists(chapter));
        for entry in &entries {
            for (word, place) in uses(entry, &prose) {
                found.push(format!("{name}: \"{word}\" is {}: {place}", entry.word));
            }
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn the_glossary_says_which_words_are_not_ours() {
    let entries = entries();
    let vm = entries.iter().find(|entry| entry.word == "VM");
    let vm = vm.expect("the glossary has VM");
    let found = |prose: &str| uses(vm, prose).len();
    assert_eq!(found("A machine's memory. Two Machines."), 2);
    assert_eq!(
        found("Machinery of a virtual machine, and machine code."),
        0
    );
    let errno = entries.iter().find(|entry| entry.word == "errno");
    let errno = errno.expect("the glossary has errno");
    assert_eq!(uses(errno, "It is EINVAL.").len(), 1);
    assert_eq!(uses(errno, "It is Enough, and returns EINVAL.").len(), 0);
}

/// The words of `prose` that the entry says are not ours, each with what is around it.
fn uses(entry: &Entry, prose: &str) -> Vec<(String, String)> {
    let mut prose = prose.to_owned();
    for phrase in &entry.but {
        let blank = |found: &Captures| "_".repeat(found[0].len());
        prose = pattern(phrase).replace_all(&prose, blank).into_owned();
    }
    let mut uses = Vec::new();
    for word in &entry.not {
        for found in pattern(word).find_iter(&prose) {
            let line = prose[..found.start()].rfind('\n').map_or(0, |end| end + 1);
            let before: String = prose[line..found.start()].chars().rev().take(40).collect();
            let before: String = before.chars().rev().collect();
            let after = prose[found.end()..].chars().take(20);
            let after: String = after.take_while(|it| *it != '\n').collect();
            let place = format!("{before}{}{after}", found.as_str());
            uses.push((word.clone(), place));
        }
    }
    uses
}

/// The word, also at the beginning of a sentence, and its plural. `E…` is any errno.
fn pattern(word: &str) -> Regex {
    let (first, rest) = word.split_at(1);
    let upper = first.to_uppercase();
    let rest = regex::escape(rest).replace('…', "[A-Z0-9]+");
    Regex::new(&format!(r"\b[{first}{upper}]{rest}(?:s|es)?\b")).expect("a pattern")
}

/// The glossary must name the words itself.
fn without_the_lists(chapter: &Chapter) -> String {
    let lines = chapter
        .text
        .lines()
        .filter(|line| !line.starts_with(": *Not:*"));
    lines.collect::<Vec<_>>().join("\n")
}
