// SPDX-License-Identifier: MIT OR Apache-2.0

//! A search for Japanese.
//!
//! mdBook's search has an index of words, separated by spaces. Its page stays, and so
//! does its handling of keys, addresses and marks. The sections' texts replace the index.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

/// The index, which finds parts of texts.
const INDEX: &str = include_str!("../search/index.js");

/// Replacements for functions of mdBook's searcher that count words.
const SEARCHER: &str = include_str!("../search/searcher.js");

/// The end of mdBook's searcher. Later declarations replace earlier ones, so ours go before it.
const END: &str = "\n})(window.search);";

/// The text around mdBook's index.
const BEFORE: &str = "window.search = Object.assign(window.search, JSON.parse('";
const AFTER: &str = "'));";

/// Makes a built book search Japanese.
pub fn fit(book: &Path) -> Result<()> {
    fs::write(find(book, "elasticlunr-")?, INDEX)?;
    edit(book, "searcher-", |searcher| {
        let (before, _) = searcher.rsplit_once(END).context("it ends otherwise")?;
        ensure!(before.contains("function makeTeaser("), "it has no teasers");
        Ok(format!("{before}{SEARCHER}{END}\n"))
    })?;
    edit(book, "searchindex-", |index| {
        let json = index.strip_prefix(BEFORE).context("it begins otherwise")?;
        let json = json
            .trim_end()
            .strip_suffix(AFTER)
            .context("it ends otherwise")?;
        let mut search: Value = serde_json::from_str(&unquoted(json))?;
        let docs = search["index"]["documentStore"]["docs"].take();
        let docs: Vec<Value> = docs
            .as_object()
            .into_iter()
            .flat_map(|it| it.values().cloned())
            .collect();
        ensure!(!docs.is_empty(), "it has no sections");
        search["index"] = json!({ "docs": docs });
        Ok(format!("{BEFORE}{}{AFTER}", quoted(&search.to_string())))
    })
}

fn edit(book: &Path, name: &str, edited: impl Fn(&str) -> Result<String>) -> Result<()> {
    let file = find(book, name)?;
    let text = fs::read_to_string(&file)?;
    let text = edited(&text).with_context(|| format!("mdBook's {name}*.js"))?;
    Ok(fs::write(file, text)?)
}

/// Finds a file of mdBook whose name ends with a hash.
fn find(book: &Path, name: &str) -> Result<PathBuf> {
    for entry in fs::read_dir(book)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(name) {
            return Ok(entry.path());
        }
    }
    anyhow::bail!("the book has no {name}*.js")
}

/// Quotes a text for single quotes in JavaScript.
fn quoted(json: &str) -> String {
    json.replace('\\', r"\\").replace('\'', r"\'")
}

fn unquoted(script: &str) -> String {
    script.replace(r"\'", "'").replace(r"\\", r"\")
}
