// SPDX-License-Identifier: MIT OR Apache-2.0

//! The sentences in the book's scripts; in JavaScript: ``t`Place ${place} in the queue.` ``.

use std::fs;
use std::path::Path;

use anyhow::Result;
use lazy_regex::regex;
use serde_json::{Map, Value};

use crate::catalog::Catalog;
use crate::{files, repository};

/// The folders of scripts with sentences.
const FOLDERS: [&str; 2] = ["book/js", "book/live/src"];

/// Returns the sentences of a script. `{0}` stands for the first value in one.
fn sentences(script: &str) -> Vec<String> {
    let said = regex!(r"\bt`((?:\$\{[^}]*\}|[^`])*)`");
    let sentences = said.captures_iter(script).map(|said| {
        let mut values = 0..;
        let numbered = regex!(r"\$\{[^}]*\}").replace_all(&said[1], |_: &lazy_regex::Captures| {
            format!("{{{}}}", values.next().unwrap_or_default())
        });
        numbered.into_owned()
    });
    sentences.collect()
}

/// Returns the sentences of all scripts, each with the script's file.
pub fn all() -> Result<Vec<(String, String)>> {
    let mut all = Vec::new();
    for folder in FOLDERS {
        for file in files(folder, ".js")? {
            let script = fs::read_to_string(repository().join(&file))?;
            let sentences = sentences(&script).into_iter();
            all.extend(sentences.map(|sentence| (sentence, file.clone())));
        }
    }
    Ok(all)
}

/// Writes the translated sentences into a file, and makes each page of a folder load it.
pub fn translate(book: &Path, catalog: &Catalog) -> Result<()> {
    let mut sentences = Map::new();
    for (sentence, _) in all()? {
        if let Some(translated) = catalog.get(&sentence) {
            sentences.insert(sentence, Value::from(translated));
        }
    }
    let script = format!("window.catalog = {};\n", Value::from(sentences));
    Ok(fs::write(book.join("catalog.js"), script)?)
}

/// Returns a page of a book with such a file.
pub fn with_catalog(page: &str) -> String {
    page.replacen(
        "</head>",
        "<script src=\"catalog.js\"></script>\n</head>",
        1,
    )
}

#[cfg(test)]
mod tests {
    use super::sentences;

    #[test]
    fn values_in_sentences_have_numbers() {
        let script = "note(t`Place ${place} of ${all.length}.`, t`Run`, start`no`, `no`);";
        assert_eq!(sentences(script), ["Place {0} of {1}.", "Run"]);
    }
}
