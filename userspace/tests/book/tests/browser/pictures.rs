// SPDX-License-Identifier: MIT OR Apache-2.0

//! The texts in pictures, in the fonts of this machine.

use std::fs;

use crate::built::{self, EDITIONS};
use crate::reader::Reader;

#[test]
fn no_text_in_a_picture_leaves_its_box() {
    let reader = Reader::start();
    let mut all = Vec::new();
    for picture in pictures() {
        reader.open(&picture);
        let listed: Vec<String> = reader.ask(include_str!("scripts/outside.js"));
        all.extend(listed.into_iter().map(|it| format!("{picture}: {it}")));
    }
    assert!(all.is_empty(), "{all:#?}");
}

fn pictures() -> Vec<String> {
    let images = |edition| {
        let folder = format!("{edition}images");
        let images = fs::read_dir(built::folder().join(&folder)).expect("the book has images");
        let names = images.map(|entry| entry.expect("an image").file_name());
        names.map(move |name| format!("{folder}/{}", name.to_string_lossy()))
    };
    let pictures: Vec<String> = EDITIONS
        .into_iter()
        .flat_map(images)
        .filter(|path| path.ends_with(".svg"))
        .collect();
    assert!(!pictures.is_empty(), "the book has no pictures");
    pictures
}
