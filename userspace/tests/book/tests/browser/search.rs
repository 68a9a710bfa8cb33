// SPDX-License-Identifier: MIT OR Apache-2.0

//! Each chapter can be found by words in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use scraper::{Html, Selector};

use crate::built::folder;
use crate::reader::Reader;
use crate::server::english;

#[test]
fn every_chapter_is_found_by_a_word_of_its_text() {
    let reader = Reader::start();
    for (chapter, word) in particular_words() {
        reader.open(&english()[0]);
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

/// Returns, for each chapter, the longest word in its paragraphs that is on no other page.
fn particular_words() -> BTreeMap<String, String> {
    let words: BTreeMap<String, BTreeSet<String>> = english()
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

/// A query of a Japanese reader, and the beginning of a section's title that must be among the
/// first ten results: words of kanji and of kana, parts of words, spellings, and mixed text.
const JAPANESE: [(&str, &str); 9] = [
    ("匿名", "anon-inode-getfd.html"),
    ("終了理由", "kvm-run.html"),
    ("メモリスロット", "memory-slots.html"),
    ("スロッ", "memory-slots.html"),
    ("参照カウント", "lifetimes.html"),
    ("参照カウ", "lifetimes.html"),
    ("インタプリター", "instruction-to-exit.html"),
    ("ｋｖｍ_ｒｕｎ", "vcpu-mmap.html"),
    ("VMのディスクリプタ", "lifetimes.html"),
];

#[test]
fn japanese_is_found_by_any_part_of_it() {
    let reader = Reader::start();
    for (words, chapter) in JAPANESE {
        reader.open(&format!("ja/{}", english()[0]));
        reader.click("#mdbook-search-toggle");
        reader.click("#mdbook-searchbar");
        reader.write(words);
        reader.wait_until(
            "document.querySelector('#mdbook-searchresults li')?.checkVisibility() === true",
        );
        let found: Vec<(String, String, String)> = reader.ask(
            "[...document.querySelectorAll('#mdbook-searchresults li')].slice(0, 10).map((it) => \
                [it.querySelector('a').href, it.querySelector('.teaser').textContent, \
                    it.querySelector('.teaser em')?.textContent ?? ''])",
        );
        assert!(
            found.iter().any(|(link, ..)| link.contains(chapter)),
            "{words}: {found:#?}"
        );
        for (link, teaser, marked) in &found {
            let length = teaser.chars().count();
            assert!((10..=140).contains(&length), "{words}: {teaser}");
            let is_in_title = marked.is_empty() && link.contains(".html");
            assert!(
                is_in_title || teaser.contains(marked.as_str()),
                "{words}: {teaser}"
            );
        }
        assert!(
            found.iter().any(|(.., marked)| !marked.is_empty()),
            "{words}: {found:#?}"
        );
    }
}

#[test]
fn the_japanese_search_says_what_it_does_not_find() {
    let reader = Reader::start();
    reader.open(&format!("ja/{}", english()[0]));
    reader.click("#mdbook-search-toggle");
    reader.click("#mdbook-searchbar");
    reader.write("鰯の頭");
    reader.wait_until("document.querySelector('#mdbook-searchresults-header').textContent.includes('見つかりません')");
}
