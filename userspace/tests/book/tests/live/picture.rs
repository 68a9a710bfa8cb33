// SPDX-License-Identifier: MIT OR Apache-2.0

//! The picture of the live book in the README: a changed listing, and its output.
//!
//! `UPDATE_LIVE_PICTURE=1 cargo test -p book-tests --test live picture` updates it from the page.

use std::env;
use std::fs;

use crate::edits::{answer_with, run};
use crate::server::reader;

const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../book/src/images/live.png"
);

/// The bytes of a PNG file with its width and height.
const SIZE: std::ops::Range<usize> = 16..24;

#[test]
fn the_readme_s_picture_is_of_a_page_that_there_is() {
    let reader = reader("picture", "ioctl-numbers.html", 900, 860);
    answer_with(&reader, "Ok(111)");
    run(&reader, "calls 'open /dev/hiboma' 'ioctl 3 0'");
    reader.wait_until(
        "document.querySelector('.live-workbench .live-text').innerText.includes('= 111')",
    );
    let _: () = reader
        .ask("(document.querySelector('.live-workbench').scrollIntoView({block: 'end'}), null)");
    // It would cover part of the picture.
    let _: () =
        reader.ask("(document.querySelector('#mdbook-menu-bar').style.position = 'static', null)");
    let picture = reader.picture();
    if env::var_os("UPDATE_LIVE_PICTURE").is_some() {
        fs::write(FILE, &picture).expect(FILE);
    }
    let kept = fs::read(FILE).expect(FILE);
    assert_eq!(kept[SIZE], picture[SIZE]);
}
