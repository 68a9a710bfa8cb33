// SPDX-License-Identifier: MIT OR Apache-2.0

//! The words on pages besides prose: mdBook's own on each page of the book,
//! which exist only in English, and those of the pages by which seats join.

use lazy_regex::regex;

use crate::catalog::Catalog;

/// All words of mdBook, as in its templates.
pub const WORDS: [&str; 22] = [
    "Keyboard shortcuts",
    "Press <kbd>←</kbd> or <kbd>→</kbd> to navigate between chapters",
    "Press <kbd>S</kbd> or <kbd>/</kbd> to search in the book",
    "Press <kbd>?</kbd> to show this help",
    "Press <kbd>Esc</kbd> to hide this help",
    "Table of contents",
    "Toggle Table of Contents",
    "Change theme",
    "Themes",
    "Auto",
    "Light",
    "Rust",
    "Coal",
    "Navy",
    "Ayu",
    "Search (`/`)",
    "Toggle Searchbar",
    "Search this book ...",
    "Print this book",
    "Page navigation",
    "Previous chapter",
    "Next chapter",
];

/// The text before and after a word.
const PLACES: [(&str, &str); 6] = [
    (">", "<"),
    (">", " <"),
    ("title=\"", "\""),
    ("alt=\"", "\""),
    ("aria-label=\"", "\""),
    ("placeholder=\"", "\""),
];

/// Returns the texts of a page that is not in the book, such as the one for joining.
pub fn texts(page: &str) -> Vec<String> {
    let texts = regex!(r#"(?:>|alt="|aria-label=")([A-Z][^<>"]*)[<"]"#).captures_iter(page);
    texts.map(|text| text[1].trim().to_owned()).collect()
}

/// Returns a page with some of its words in another language.
pub fn translate<'a>(
    page: &str,
    words: impl IntoIterator<Item = &'a str>,
    catalog: &Catalog,
) -> String {
    let mut page = page.to_owned();
    for word in words {
        let Some(translated) = catalog.get(word) else {
            continue;
        };
        for (before, after) in PLACES {
            page = page.replace(
                &format!("{before}{word}{after}"),
                &format!("{before}{translated}{after}"),
            );
        }
    }
    page
}
