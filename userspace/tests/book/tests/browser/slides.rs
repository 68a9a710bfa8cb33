// SPDX-License-Identifier: MIT OR Apache-2.0

//! A chapter as slides, `kvm-run.html?slides`: they have all that the chapter shows, and fit.

use std::collections::BTreeMap;
use std::fs;

use regex::Regex;

use crate::built::{EDITIONS, folder};
use crate::reader::Reader;

/// The content by kind: pictures by address, everything else by its text. A listing may continue on the next slide.
const SHOWN: &str = "((root) => Object.fromEntries([ \
    ['pictures', [...root.querySelectorAll(':not(.img-wrapper) > img')].map((it) => it.src)], \
    ['code', [...root.querySelectorAll('pre code')].map((it) => it.textContent.trim()).join('\\n') \
        .split('\\n').map((it) => it.trim()).filter((it) => it)], \
    ['references', [...root.querySelectorAll('.kernel')].map((it) => it.textContent)], \
    ['tasks', [...root.querySelectorAll('.exercise')].map((it) => it.textContent.trim())], \
]))";

const UNFIT: &str = "[...document.querySelectorAll('.slide .body')] \
    .filter((it) => it.scrollHeight > it.clientHeight + 1 || it.scrollWidth > it.clientWidth + 1 \
        || [...it.querySelectorAll('pre, pre > code, table')].some((it) => it.scrollWidth > it.clientWidth + 1)) \
    .map((it) => `${it.parentElement.querySelector('footer').textContent}: ${it.textContent.trim().slice(0, 60)}`)";

type Shown = BTreeMap<String, Vec<String>>;

/// Returns the chapters with a deck in the teacher's guide.
fn decks() -> Vec<String> {
    let guide = fs::read_to_string(folder().join("teaching.html")).expect("the guide");
    let link = Regex::new(r#"href="([\w-]+\.html)\?slides""#).expect("a pattern");
    let names: Vec<_> = link
        .captures_iter(&guide)
        .map(|it| it[1].to_owned())
        .collect();
    let editions = EDITIONS.into_iter();
    let decks: Vec<_> = editions
        .flat_map(|edition| names.iter().map(move |name| format!("{edition}{name}")))
        .collect();
    assert!(decks.len() > 20, "no decks");
    decks
}

#[test]
fn a_deck_shows_what_its_chapter_shows() {
    let reader = Reader::start();
    reader.resize(1920, 1080);
    for deck in decks() {
        reader.open(&deck);
        // Folded tables are for reference.
        let mut chapter: Shown = reader.ask(&format!(
            "((main) => (main.querySelectorAll('details').forEach((it) => it.remove()), {SHOWN}(main))) \
             (document.querySelector('main').cloneNode(true))"
        ));
        reader.open(&format!("{deck}?slides"));
        reader.wait_until("!!document.querySelector('.deck.ready')");
        let mut slides: Shown = reader.ask(&format!(
            "((deck) => (deck.querySelectorAll('.answer').forEach((it) => it.remove()), {SHOWN}(deck))) \
             (document.querySelector('.deck').cloneNode(true))"
        ));
        // A long task takes two slides.
        let tasks = [&mut chapter, &mut slides].map(|it| it.remove("tasks").unwrap_or_default());
        assert!(tasks[1].len() >= tasks[0].len(), "{deck}: tasks");
        for (kind, shown) in &mut chapter {
            // A listing that continues on another slide repeats its reference.
            let of_slides = slides.get_mut(kind).expect("the same kinds");
            if kind == "references" {
                of_slides.dedup();
            }
            assert_eq!(of_slides, shown, "{deck}: {kind}");
        }
    }
}

#[test]
fn slides_fit_on_a_projector() {
    let reader = Reader::start();
    let mut all = Vec::new();
    for (width, height) in [(1920, 1080), (1024, 768)] {
        reader.resize(width, height);
        for deck in decks() {
            reader.open(&format!("{deck}?slides"));
            reader.wait_until("!!document.querySelector('.deck.ready')");
            let unfit: Vec<String> = reader.ask(UNFIT);
            all.extend(unfit.into_iter().map(|it| format!("{deck}, {width}: {it}")));
            let complaints = reader.complaints();
            all.extend(complaints.into_iter().map(|it| format!("{deck}: {it}")));
        }
    }
    assert!(all.is_empty(), "{all:#?}");
}

#[test]
fn the_speaker_has_notes_and_the_keys_go_on() {
    let reader = Reader::start();
    reader.open("kvm-run.html?slides&notes");
    reader.wait_until("!!document.querySelector('.deck.ready')");
    let note: String = reader.ask("document.querySelector('.speaker-notes').textContent");
    let slide = "[...document.querySelectorAll('.slide')].findIndex((it) => it.matches('.shown'))";
    assert_eq!(reader.ask::<usize>(slide), 0);
    let speaker = fs::read_to_string(folder().join("kvm-run.html")).expect("a page");
    let first: String = note
        .split_whitespace()
        .skip(8)
        .take(200)
        .collect::<Vec<_>>()
        .join(" ");
    assert!(!first.is_empty() && speaker.contains("speaker"), "no notes");
    reader.press("ArrowRight");
    reader.wait_until(&format!("{slide} === 1"));
    reader.press("End");
    reader.wait_until(&format!(
        "{slide} === document.querySelectorAll('.slide').length - 1"
    ));
    reader.press("Escape");
    reader.wait_until("location.search === '' && !!document.querySelector('main h1')");
}
