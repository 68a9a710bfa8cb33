// SPDX-License-Identifier: MIT OR Apache-2.0

//! The book can be read without scripts.

use crate::reader::Reader;
use crate::server::chapters;

/// The readable text of a page. mdbook adds buttons to listings.
const TEXT: &str = "[...document.querySelectorAll('main :is(p, li, h1, h2, summary, pre code)')] \
    .map((it) => it.textContent)";

#[test]
fn scripts_neither_add_text_nor_take_it_away() {
    let (with, without) = (Reader::start(), Reader::start());
    without.without_scripts();
    for chapter in chapters() {
        with.open(&chapter);
        without.open(&chapter);
        let [with, without]: [Vec<String>; 2] = [with.ask(TEXT), without.ask(TEXT)];
        assert!(!with.is_empty(), "{chapter}: no text");
        for (with, without) in with.iter().zip(&without) {
            assert_eq!(with, without, "{chapter}");
        }
        assert_eq!(with.len(), without.len(), "{chapter}");
    }
}

#[test]
fn what_is_folded_opens_without_scripts() {
    let reader = Reader::start();
    reader.without_scripts();
    let mut opened = 0;
    for chapter in chapters() {
        reader.open(&chapter);
        let folded: usize = reader.ask("document.querySelectorAll('main details').length");
        if folded == 0 {
            continue;
        }
        reader.click("main details > summary");
        reader.wait_until("document.querySelector('main details').open");
        opened += 1;
    }
    assert!(opened > 0, "nothing is folded");
}
