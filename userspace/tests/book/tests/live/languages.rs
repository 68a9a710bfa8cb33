// SPDX-License-Identifier: MIT OR Apache-2.0

//! The live book in Japanese: one click away, and live too.

use crate::reader::Reader;
use crate::runs::{STATES, press_run};
use crate::server::reader;

#[test]
fn a_page_leads_to_itself_in_the_other_language_and_back() {
    let reader = reader("languages", "kvm-run.html", 1280, 800);
    for (page, title) in [
        ("/ja/kvm-run.html", "実行ループとexit"),
        ("/kvm-run.html", "The run loop and its exits"),
    ] {
        reader.click(".live-language");
        reader.wait_until(&format!("location.pathname === '{page}'"));
        reader.wait_until(&format!(
            "document.querySelector('main h1')?.textContent.trim() === '{title}'"
        ));
    }
}

#[test]
fn a_run_says_in_japanese_that_it_is_as_in_the_book() {
    let reader = reader("japanese-run", "ja/why-descriptors.html", 1280, 800);
    press_run(&reader, "3-descriptor-kvm");
    reader.wait_until(&format!("{STATES}.length === 2"));
    reader.wait_until(&format!("{STATES}.every((it) => it === '本と同じです。')"));
    assert_eq!(english_buttons(&reader), [""; 0]);
    assert_eq!(reader.complaints(), [""; 0]);
}

#[test]
fn an_exercise_is_told_and_checked_in_japanese() {
    let reader = reader("japanese-exercise", "ja/exercises.html", 1280, 800);
    reader.click("main .live-opener > button");
    let task = "document.querySelector('.live-exercise .live-task')";
    reader.wait_until(&format!(
        "/[ぁ-ん]です。|[ぁ-ん]ます。/.test({task}?.textContent)"
    ));
    assert_eq!(english_buttons(&reader), [""; 0]);
}

/// Returns English captions of buttons for a reader who asked for Japanese.
fn english_buttons(reader: &Reader) -> Vec<String> {
    reader.ask(
        "[...document.querySelectorAll('main button, #mdbook-menu-bar button')] \
            .filter((it) => it.checkVisibility() && /^[A-Za-z][a-z]+ /.test(it.textContent)) \
            .map((it) => it.textContent)",
    )
}
