// SPDX-License-Identifier: MIT OR Apache-2.0

//! The texts in `book/pictures/`, and in `calls/` there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Result;
use pictures::{Calls, State};

/// The root of the repository.
pub fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.."))
}

/// Returns all states, by their names.
pub fn states() -> BTreeMap<String, State> {
    texts("book/pictures", State::read)
}

/// Returns all pairs of call graphs, by their names.
pub fn calls() -> BTreeMap<String, Calls> {
    texts("book/pictures/calls", Calls::read)
}

/// Reads the texts in a folder, by their names.
fn texts<T>(folder: &str, read: impl Fn(&str) -> Result<T>) -> BTreeMap<String, T> {
    let texts: BTreeMap<String, T> = fs::read_dir(repository().join(folder))
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let text = fs::read_to_string(&path).expect("it is text");
            let said = read(&text).unwrap_or_else(|error| panic!("{name}: {error:?}"));
            (name, said)
        })
        .collect();
    assert!(!texts.is_empty(), "nothing in {folder}");
    texts
}
