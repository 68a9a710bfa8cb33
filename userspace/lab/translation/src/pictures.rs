// SPDX-License-Identifier: MIT OR Apache-2.0

//! The words in the book's SVG pictures.

use std::ops::Range;

use lazy_regex::{regex, regex_is_match, regex_replace_all};

use crate::catalog::Catalog;

/// Returns a picture with its words in another language.
pub fn translate(picture: &str, catalog: &Catalog) -> String {
    let mut translated = String::with_capacity(picture.len());
    let mut copied = 0;
    for (range, text) in texts(picture) {
        if let Some(text) = catalog.get(&text) {
            translated += &picture[copied..range.start];
            translated += text;
            copied = range.end;
        }
    }
    translated + &picture[copied..]
}

/// The class of identifiers, in the pictures of `pictures::Calls`.
const CODE: &str = "class=\"code\"";

/// Returns the texts of a picture and their positions, except names and numbers.
/// Its description is for readers who do not see it, and is also in the chapter.
pub fn texts(picture: &str) -> Vec<(Range<usize>, String)> {
    let elements = regex!(r"<(?:text|tspan|title)\b([^>]*)>([^<]*\w[^<]*)<");
    let elements = elements.captures_iter(picture);
    let texts = elements
        .filter(|found| !found[1].contains(CODE))
        .map(|found| {
            let text = found.get(2).expect("the group takes part in each match");
            let on_one_line = regex_replace_all!(r"\s+", text.as_str().trim(), |_| " ");
            (text.range(), on_one_line.into_owned())
        });
    texts.filter(|(_, text)| !is_name(text)).collect()
}

/// Returns whether a text is a single word of a program.
fn is_name(text: &str) -> bool {
    !text.contains(' ') && regex_is_match!("[_/:<>()=;&0-9]", text)
}
