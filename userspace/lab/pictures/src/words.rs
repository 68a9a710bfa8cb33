// SPDX-License-Identifier: MIT OR Apache-2.0

//! The texts of a picture: which parts are identifiers, how the rest is translated, and how wide it
//! is at most.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

/// The translations of the texts, which are English, into a language.
#[derive(Default)]
pub struct Words(BTreeMap<String, String>);

/// The two fonts of a picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Font {
    /// For words.
    Text,
    /// For identifiers.
    Code,
}

impl Words {
    /// Returns the words of English, which need no translation.
    pub fn english() -> Self {
        Self::default()
    }

    /// Reads a language's words from a table, with the English texts on the left.
    pub fn read(table: &str) -> Result<Self> {
        let words =
            toml::from_str(table).context("a line is: \"the text\" = \"its translation\"")?;
        Ok(Self(words))
    }

    /// Translates a text. Numbers and identifiers are the same in all languages.
    pub fn say<'a>(&'a self, text: &'a str) -> &'a str {
        self.0.get(text).map_or(text, String::as_str)
    }

    /// Returns the parts of a text in this language.
    pub fn parts<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (Font, &'a str)> {
        self.say(text)
            .split('`')
            .enumerate()
            .map(|(place, part)| match place % 2 {
                0 => (Font::Text, part),
                _ => (Font::Code, part),
            })
            .filter(|(_, part)| !part.is_empty())
    }

    /// Returns the width of a text in letters of size 1, in the widest font that it is likely to be
    /// shown in.
    pub fn width(&self, text: &str) -> f64 {
        let width = |(font, part): (Font, &str)| match font {
            Font::Code => part.chars().map(code_width).sum::<f64>(),
            Font::Text => part.chars().map(text_width).sum(),
        };
        self.parts(text).map(width).sum()
    }
}

/// Marks an identifier as one.
pub fn identifier(name: &str) -> String {
    format!("`{name}`")
}

fn code_width(letter: char) -> f64 {
    match letter {
        _ if is_wide(letter) => 1.0,
        _ => 0.61,
    }
}

/// Like DejaVu Sans, which is wider than most fonts.
fn text_width(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' => 0.28,
        'f' | 'r' | 't' | ' ' | '.' | ',' | ':' | ';' | '\'' | '(' | ')' => 0.41,
        'w' => 0.82,
        'm' | 'M' | 'W' => 1.0,
        'A'..='Z' => 0.78,
        _ if is_wide(letter) => 1.0,
        _ => 0.64,
    }
}

/// The scripts whose characters are squares.
fn is_wide(letter: char) -> bool {
    ('\u{2e80}'..='\u{ffef}').contains(&letter)
}
