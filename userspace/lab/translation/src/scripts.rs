// SPDX-License-Identifier: MIT OR Apache-2.0

//! Scripts of the book in another language: a page loads `catalog.js`, where they find their sentences.

use std::fs;
use std::path::Path;

use anyhow::Result;
use serde_json::{Map, Value};

use crate::catalog::Catalog;
use crate::sentences;

/// Writes the translated sentences into a file, and makes each page of a folder load it.
pub fn translate(book: &Path, catalog: &Catalog) -> Result<()> {
    let mut translations = Map::new();
    for (sentence, _) in sentences::of_scripts()? {
        if let Some(translated) = catalog.get(&sentence) {
            translations.insert(sentence, Value::from(translated));
        }
    }
    let script = format!("window.catalog = {};\n", Value::from(translations));
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
