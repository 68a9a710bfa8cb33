// SPDX-License-Identifier: MIT OR Apache-2.0

use std::iter::repeat_with;

use crate::program::on_all;

/// It prints one letter in the other case.
#[test]
fn a_letter_comes_back_in_the_other_case() {
    comes_back(
        1,
        "Each exit says why the guest stopped. Handle it, and run the guest again. Only `Hlt` ends \
         the loop.",
    );
}

// The guest requests 8 bytes at once: 7 letters, and the 0 at the end.
/// It prints a word of 7 letters in the other case.
#[test]
fn a_word_comes_back_whole() {
    comes_back(
        7,
        "One exit can ask for more than one byte: fill in all of them.",
    );
}

/// It prints a text of any length in the other case.
#[test]
fn a_text_can_have_any_length() {
    for length in [8, 9, 16, fastrand::usize(17..99)] {
        comes_back(
            length,
            "The guest reads 8 bytes at a time, until one of them is 0.",
        );
    }
}

/// Types this many letters, and expects them in the other case.
fn comes_back(length: usize, look: &str) {
    let letter = || match fastrand::bool() {
        true => fastrand::uppercase(),
        false => fastrand::lowercase(),
    };
    let text: String = repeat_with(letter).take(length).collect();
    let swapped: String = text.chars().map(other_case).collect();
    on_all(&text, |ran| {
        ran.succeeds(look);
        ran.prints(&swapped, look);
    });
}

fn other_case(letter: char) -> char {
    match letter.is_ascii_uppercase() {
        true => letter.to_ascii_lowercase(),
        false => letter.to_ascii_uppercase(),
    }
}
