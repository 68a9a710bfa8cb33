// SPDX-License-Identifier: MIT OR Apache-2.0

//! What stands in a picture: which parts are identifiers, how the rest is said in another language,
//! and how wide it is at most.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

/// The words of a language, for those of the texts, which are English.
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
    /// The texts' own words.
    pub fn english() -> Self {
        Self::default()
    }

    /// A language's words, from a table with a text of each picture on the left.
    pub fn read(table: &str) -> Result<Self> {
        let words =
            toml::from_str(table).context("a line is: \"the text\" = \"its translation\"")?;
        Ok(Self(words))
    }

    /// How this language says a text. Numbers and identifiers are said the same in all.
    pub fn say<'a>(&'a self, text: &'a str) -> &'a str {
        self.0.get(text).map_or(text, String::as_str)
    }

    /// A text's parts.
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

    /// How wide a text is, for letters of a size of 1, in the widest font that it is likely to be
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

/// As in DejaVu Sans, which is wider than most.
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
