// SPDX-License-Identifier: MIT OR Apache-2.0

//! Sentences for readers, in their language. The code has them in English, in the macro `sentence`; the crate
//! `translation` finds them there, and the book's catalogs have the translations.

use std::error::Error;
use std::fmt;

use translation::catalog::Catalog;

/// A sentence, and the values for `{0}`, `{1}` in it.
#[derive(Debug)]
pub struct Sentence {
    english: &'static str,
    values: Vec<String>,
}

/// Returns a [`Sentence`].
macro_rules! sentence {
    ($english:expr $(, $value:expr)* $(,)?) => {
        $crate::sentence::Sentence::new($english, vec![$($value.to_string()),*])
    };
}
pub(crate) use sentence;

impl Sentence {
    /// Returns a sentence with these values.
    pub fn new(english: &'static str, values: Vec<String>) -> Self {
        Sentence { english, values }
    }

    /// Returns its text in the language of a catalog, and in English without one.
    pub fn text(&self, catalog: Option<&Catalog>) -> String {
        let translated = catalog.and_then(|it| it.get(self.english));
        let text = translated.unwrap_or(self.english).to_owned();
        let values = self.values.iter().enumerate();
        values.fold(text, |text, (number, value)| {
            text.replace(&format!("{{{number}}}"), value)
        })
    }
}

impl Error for Sentence {}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(None))
    }
}

#[cfg(test)]
mod tests {
    use translation::catalog::Catalog;

    #[test]
    fn values_are_where_the_translation_has_them() {
        let japanese = Catalog::of("ja").unwrap();
        let sentence = sentence!("There is no exercise {0}.", "first-ioctl");
        assert_eq!(sentence.to_string(), "There is no exercise first-ioctl.");
        let translated = sentence.text(Some(&japanese));
        assert_ne!(translated, sentence.to_string());
        assert!(translated.contains("first-ioctl"), "{translated}");
    }
}
