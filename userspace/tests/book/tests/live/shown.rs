// SPDX-License-Identifier: MIT OR Apache-2.0

//! Requirements for the tools, with an open editor and a finished run.

use crate::edits::answer_with;
use crate::runs::press_run;
use crate::server::reader;

/// Scripts of the tests in `browser/` that list violations.
const WIDE: &str = include_str!("../browser/scripts/wide.js");
const FAINT: &str = include_str!("../browser/scripts/faint.js");

/// mdbook's themes, from its menu.
const THEMES: [&str; 5] = ["light", "rust", "coal", "navy", "ayu"];

/// The pages in the table of contents.
const PAGES: &str = "[...new Set([...document.querySelectorAll('#mdbook-sidebar a[href]')] \
    .map((it) => it.href.split('#')[0]).filter((it) => it.endsWith('.html')))]";

#[test]
fn the_buttons_fit_every_page_on_a_small_phone() {
    let reader = reader("buttons", "index.html", 360, 640);
    reader.wait_until(&format!("{PAGES}.length > 20"));
    let pages: Vec<String> = reader.ask(PAGES);
    let mut buttons = 0;
    let mut all = Vec::new();
    for page in pages {
        reader.open(&page);
        reader.wait_until("document.querySelector('.live-terminal-button') !== null");
        buttons += reader.ask::<usize>("document.querySelectorAll('.live-button').length");
        let wide: Vec<String> = reader.ask(WIDE);
        let faint: Vec<String> = reader.ask(FAINT);
        all.extend(
            wide.into_iter()
                .chain(faint)
                .map(|it| format!("{page}: {it}")),
        );
        let complaints = reader.complaints();
        all.extend(complaints.into_iter().map(|it| format!("{page}: {it}")));
    }
    assert!(all.is_empty(), "{all:#?}");
    assert!(buttons > 150, "{buttons} buttons");
}

#[test]
fn on_a_small_phone() {
    is_fine("phone", 360, 640);
}

#[test]
fn on_a_laptop() {
    is_fine("laptop", 1280, 800);
}

#[test]
fn a_listing_can_be_opened_by_the_keyboard() {
    let reader = reader("keyboard", "ioctl-numbers.html", 1280, 800);
    let opener = "document.querySelector('main .file > button')";
    reader.wait_until(&format!("{opener} !== null"));
    let _: () = reader.ask(&format!("{opener}.focus() ?? null"));
    reader.press("Enter");
    reader.wait_until("document.activeElement.matches('.cm-content')");
    let expanded: String = reader.ask(&format!("{opener}.getAttribute('aria-expanded')"));
    assert_eq!(expanded, "true");
    // Outside the editor, this key turns to the next page.
    reader.press("ArrowRight");
    // Tab indents, except once after Escape.
    reader.press("Escape");
    reader.press("Tab");
    reader.wait_until("document.activeElement.matches('.live-command > input')");
    let page: String = reader.ask("location.pathname");
    assert_eq!(page, "/ioctl-numbers.html");
}

fn is_fine(test: &str, width: u32, height: u32) {
    let reader = reader(test, "ioctl-numbers.html", width, height);
    answer_with(&reader, "Ok(113)");
    press_run(&reader, "2-version-hiboma");
    reader.wait_until(
        "document.querySelectorAll('main .live-output:not([hidden]) .live-text').length > 1",
    );
    let wide: Vec<String> = reader.ask(WIDE);
    assert!(wide.is_empty(), "wider than the page: {wide:#?}");
    let mut all = Vec::new();
    for theme in THEMES {
        let _: () = reader.ask(&format!(
            "document.getElementById('mdbook-theme-{theme}').click() ?? null"
        ));
        let faint: Vec<String> = reader.ask(FAINT);
        all.extend(faint.into_iter().map(|it| format!("{theme}: {it}")));
    }
    assert!(all.is_empty(), "hard to see: {all:#?}");
}
