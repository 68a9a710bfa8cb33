// SPDX-License-Identifier: MIT OR Apache-2.0

//! The texts in `book/pictures/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use pictures::State;

/// The root of the repository.
pub fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.."))
}

/// All states, by their names.
pub fn states() -> BTreeMap<String, State> {
    let folder = repository().join("book/pictures");
    let states: BTreeMap<String, State> = fs::read_dir(folder)
        .expect("book/pictures is there")
        .map(|entry| entry.expect("an entry of book/pictures").path())
        .map(|path| {
            let name = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let text = fs::read_to_string(&path).expect("a state is text");
            let state = State::read(&text).unwrap_or_else(|error| panic!("{name}: {error:?}"));
            (name, state)
        })
        .collect();
    assert!(!states.is_empty(), "no states in book/pictures");
    states
}
