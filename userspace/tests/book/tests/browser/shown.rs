// SPDX-License-Identifier: MIT OR Apache-2.0

//! Requirements for each page, on any screen, with everything unfolded.

use crate::reader::Reader;
use crate::server::{chapters, english};

/// Scripts that list violations.
const LISTS: [(&str, &str); 4] = [
    ("wider than the page", include_str!("scripts/wide.js")),
    ("cut", include_str!("scripts/cut.js")),
    ("hard to see", include_str!("scripts/faint.js")),
    (
        "a picture that is not there",
        include_str!("scripts/unloaded.js"),
    ),
];

/// Unfolds all details.
const UNFOLD: &str =
    "document.querySelectorAll('details').forEach((it) => (it.open = true)) ?? null";

/// mdbook's themes, from its menu.
const THEMES: [&str; 5] = ["light", "rust", "coal", "navy", "ayu"];

// The sizes are in CSS pixels. Both editions are on the smallest and on the largest screen.

#[test]
fn on_a_small_phone() {
    every_page_is_fine(chapters(), 360, 640, "light");
}

#[test]
fn on_a_laptop() {
    every_page_is_fine(english(), 1280, 800, "light");
}

#[test]
fn on_a_projector() {
    every_page_is_fine(chapters(), 1920, 1080, "light");
}

#[test]
fn in_the_dark() {
    every_page_is_fine(english(), 1280, 800, "dark");
}

#[test]
fn in_every_theme() {
    let reader = Reader::start();
    // Wide enough for the sidebar.
    reader.resize(1280, 800);
    let [_, _, (_, faint), _] = LISTS;
    let mut all = Vec::new();
    // Colours are the same in all languages.
    for chapter in english() {
        reader.open(&chapter);
        for theme in THEMES {
            let _: () = reader.ask(&format!(
                "document.getElementById('mdbook-theme-{theme}').click() ?? null"
            ));
            let listed: Vec<String> = reader.ask(faint);
            all.extend(
                listed
                    .into_iter()
                    .map(|it| format!("{chapter}, in {theme}: {it}")),
            );
        }
    }
    assert!(all.is_empty(), "hard to see: {all:#?}");
}

fn every_page_is_fine(chapters: Vec<String>, width: u32, height: u32, scheme: &str) {
    let reader = Reader::start();
    reader.resize(width, height);
    reader.prefer(scheme);
    let mut all = Vec::new();
    for chapter in chapters {
        reader.open(&chapter);
        let _: () = reader.ask(UNFOLD);
        for (what, list) in LISTS {
            let listed: Vec<String> = reader.ask(list);
            all.extend(
                listed
                    .into_iter()
                    .map(|it| format!("{chapter}: {what}: {it}")),
            );
        }
        let complaints = reader.complaints();
        all.extend(complaints.into_iter().map(|it| format!("{chapter}: {it}")));
    }
    assert!(all.is_empty(), "{all:#?}");
}
