// SPDX-License-Identifier: MIT OR Apache-2.0

//! The pictures' own texts, in the fonts that this machine has.

use std::fs;

use crate::built::folder;
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
    let images = fs::read_dir(folder().join("images")).expect("the book has images");
    let images = images.map(|entry| entry.expect("an image").file_name());
    let pictures: Vec<String> = images
        .map(|name| format!("images/{}", name.to_string_lossy()))
        .filter(|path| path.ends_with(".svg"))
        .collect();
    assert!(!pictures.is_empty(), "the book has no pictures");
    pictures
}
