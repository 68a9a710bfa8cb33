// SPDX-License-Identifier: MIT OR Apache-2.0

//! A search for Japanese.
//!
//! mdBook's search has an index of words, and takes for words what is between spaces. Its page stays, and so does what
//! its searcher does with keys, addresses and marks. What it looks in becomes the sections' texts.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

/// Looks for parts of texts.
const INDEX: &str = include_str!("../search/index.js");

/// Functions of mdBook's searcher that count words.
const SEARCHER: &str = include_str!("../search/searcher.js");

/// How mdBook's searcher ends. What is declared there in front of it comes last.
const END: &str = "\n})(window.search);";

/// What is around mdBook's index.
const BEFORE: &str = "window.search = Object.assign(window.search, JSON.parse('";
const AFTER: &str = "'));";

/// Has a built book search as Japanese wants it.
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

/// A file of mdBook's, behind whose name is a hash.
fn find(book: &Path, name: &str) -> Result<PathBuf> {
    for entry in fs::read_dir(book)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(name) {
            return Ok(entry.path());
        }
    }
    anyhow::bail!("the book has no {name}*.js")
}

/// As between the single quotes of JavaScript.
fn quoted(json: &str) -> String {
    json.replace('\\', r"\\").replace('\'', r"\'")
}

fn unquoted(script: &str) -> String {
    script.replace(r"\'", "'").replace(r"\\", r"\")
}
