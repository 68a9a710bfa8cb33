// SPDX-License-Identifier: MIT OR Apache-2.0

//! The sentences in the book's scripts; in JavaScript: ``t`Place ${place} in the queue.` ``.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use lazy_regex::{regex, regex_is_match};
use serde_json::{Map, Value};
use walkdir::WalkDir;

use crate::catalog::Catalog;
use crate::repository;

/// The folders of scripts with sentences.
pub const FOLDERS: [&str; 2] = ["book/js", "book/live/src"];

/// Returns the sentences of a script. `{0}` stands for the first value in one.
pub fn sentences(script: &str) -> Vec<String> {
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
        for entry in WalkDir::new(repository().join(folder)).sort_by_file_name() {
            let path = entry?.into_path();
            let name = path.strip_prefix(repository())?.display().to_string();
            if regex_is_match!(r"\.js$", &name) {
                let script = fs::read_to_string(&path).context(name.clone())?;
                all.extend(
                    sentences(&script)
                        .into_iter()
                        .map(|said| (said, name.clone())),
                );
            }
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
