// SPDX-License-Identifier: MIT OR Apache-2.0

//! A chapter includes each anchor in the code.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::listings::{COMPILED, in_repository};
use crate::source::{chapters, repository};

#[test]
fn every_anchor_is_in_the_book() {
    let mut included = BTreeSet::new();
    for chapter in chapters() {
        for (path, part) in chapter.includes() {
            included.insert((in_repository(&path), part.to_owned()));
        }
    }
    let anchors: Vec<_> = COMPILED.iter().flat_map(anchors).collect();
    assert!(!anchors.is_empty(), "there are no anchors");
    for anchor in anchors {
        let (path, name) = &anchor;
        let is_included = included.contains(&anchor);
        assert!(is_included, "{}: nobody includes {name}", path.display());
    }
}

/// Returns all anchors of a folder: the file's path from the repository's root, and the name.
fn anchors(folder: impl AsRef<Path>) -> Vec<(PathBuf, String)> {
    let mut anchors = Vec::new();
    for entry in WalkDir::new(repository().join(folder)) {
        let entry = entry.expect("an entry of the repository");
        let path = entry.path();
        let is_code = ["rs", "c", "h"].map(|kind| path.extension().is_some_and(|it| it == kind));
        if !is_code.contains(&true) {
            continue;
        }
        let text = fs::read_to_string(path).expect("code is text");
        let path = path.strip_prefix(repository()).expect("it is in there");
        let names = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("// ANCHOR: "));
        anchors.extend(names.map(|name| (path.to_owned(), name.to_owned())));
    }
    anchors
}
