// SPDX-License-Identifier: MIT OR Apache-2.0

//! The links that `book/js/links.js` makes point to the lab's kernel, and to existing files.

use std::fs;

use regex::Regex;

use crate::built::folder;
use crate::source::{book, chapters, repository};

#[test]
fn references_lead_to_the_kernel_of_the_lab() {
    let script = fs::read_to_string(book().join("js/links.js")).expect("js/links.js");
    let linked = Regex::new(r"/linux/v([\d.]+)/source/").expect("a pattern");
    let linked = &linked.captures(&script).expect("a version in links.js")[1];
    // `cargo lab compare` records there which kernel it has built.
    let built = fs::read_to_string(repository().join("comparisons/c/objects.md"));
    let built = built.expect("comparisons/c/objects.md");
    assert!(
        built.contains(&format!("\nLinux {linked}, ")),
        "js/links.js leads to Linux {linked}, comparisons/c/objects.md was made with another"
    );
}

#[test]
fn a_listing_s_file_is_in_the_built_book() {
    let caption = Regex::new("<p class=\"file\">(.*)</p>").expect("a pattern");
    let mut found = 0;
    for chapter in chapters() {
        for caption in caption.captures_iter(&chapter.text) {
            let path = folder().join("files").join(&caption[1]);
            let original = repository().join(&caption[1]);
            let [copy, original] = [path, original].map(fs::read);
            let copy = copy.unwrap_or_else(|error| {
                panic!(
                    "{}: {}: {error}: link its folder in book/src/files/",
                    chapter.name(),
                    &caption[1]
                )
            });
            assert_eq!(copy, original.expect("a file"), "{}", &caption[1]);
            found += 1;
        }
    }
    assert!(found > 0, "no captions");
}
