// SPDX-License-Identifier: MIT OR Apache-2.0

//! A page has the same ids, links, pictures and code in both languages.

use scraper::{ElementRef, Selector};

use crate::built::EDITIONS;
use crate::pages::{Page, pages_of};

#[test]
fn each_page_has_the_same_places() {
    // A glossary term's id depends on its spelling, and no link points to it.
    assert_same("main [id]:not(dt)", |element| {
        element.attr("id").map(str::to_owned)
    });
}

#[test]
fn each_page_links_to_the_same_places() {
    assert_same("main a[href]:not(dt > a)", |element| {
        element.attr("href").map(str::to_owned)
    });
}

#[test]
fn each_page_shows_the_same_pictures() {
    assert_same("main img", |element| element.attr("src").map(str::to_owned));
}

#[test]
fn each_page_shows_the_same_code() {
    assert_same("main pre, main .file, main .kernel", |element| {
        Some(element.text().collect())
    });
}

/// Compares the values of a selector's elements. Sentences may have another order of names.
fn assert_same(selector: &str, told: impl Fn(ElementRef) -> Option<String>) {
    let selector = Selector::parse(selector).expect("a selector");
    let all = |page: &Page| {
        let mut all: Vec<_> = page.html.select(&selector).filter_map(&told).collect();
        all.sort();
        all
    };
    let [english, japanese] = EDITIONS.map(pages_of);
    assert_eq!(english.len(), japanese.len(), "pages");
    for (english, japanese) in english.iter().zip(&japanese) {
        assert_eq!(all(english), all(japanese), "{}", english.path.display());
    }
}
