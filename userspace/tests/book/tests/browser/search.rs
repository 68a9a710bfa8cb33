// SPDX-License-Identifier: MIT OR Apache-2.0

//! Each chapter can be found by what is in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use scraper::{Html, Selector};

use crate::built::folder;
use crate::reader::Reader;
use crate::server::chapters;

#[test]
fn every_chapter_is_found_by_a_word_of_its_text() {
    let reader = Reader::start();
    for (chapter, word) in particular_words() {
        reader.open(&chapters()[0]);
        reader.click("#mdbook-search-toggle");
        reader.click("#mdbook-searchbar");
        reader.write(&word);
        reader.click(&format!("#mdbook-searchresults a[href*='{chapter}']"));
        reader.wait_until(&format!("location.pathname === '/{chapter}'"));
        reader.wait_until(&format!(
            "document.querySelector('main')?.textContent.includes('{word}')"
        ));
    }
}

/// For each chapter, the longest word that is in its paragraphs and in no other page.
fn particular_words() -> BTreeMap<String, String> {
    let words: BTreeMap<String, BTreeSet<String>> = chapters()
        .into_iter()
        .map(|chapter| {
            let words = words(&chapter);
            (chapter, words)
        })
        .collect();
    let particular = |chapter: &String| {
        let others = || words.iter().filter(|(other, _)| *other != chapter);
        words[chapter]
            .iter()
            .filter(|word| others().all(|(_, words)| !words.contains(*word)))
            .max_by_key(|word| word.len())
            .unwrap_or_else(|| panic!("{chapter} has no word of its own"))
            .clone()
    };
    let chapters = words.keys();
    chapters.map(|it| (it.clone(), particular(it))).collect()
}

fn words(chapter: &str) -> BTreeSet<String> {
    let page = fs::read_to_string(folder().join(chapter)).expect("a page is text");
    let page = Html::parse_document(&page);
    let paragraphs = Selector::parse("main p").expect("a selector");
    page.select(&paragraphs)
        .flat_map(|paragraph| paragraph.text())
        .flat_map(str::split_whitespace)
        .map(|word| word.trim_end_matches([',', '.', ':', ';']))
        .filter(|word| word.chars().all(|letter| letter.is_ascii_lowercase()))
        .map(str::to_owned)
        .collect()
}
