// SPDX-License-Identifier: MIT OR Apache-2.0

//! Checks that each picture is what its text describes.

use std::fs;
use std::path::PathBuf;

use pictures::{Words, draw};

use crate::states::{calls, repository, states};

/// If this variable is set, the test writes the pictures.
const UPDATE: &str = "UPDATE_PICTURES";

#[test]
fn every_picture_is_what_its_text_makes() {
    let mut stale = Vec::new();
    let states = states().into_iter();
    let states = states.map(|(name, state)| (name, draw(&state, &Words::english())));
    let calls = calls().into_iter().map(|(name, calls)| {
        let [left, right] = [0, 1].map(|side| {
            let path = repository()
                .join("comparisons")
                .join(&calls.sides[side].file);
            fs::read_to_string(path).expect("a recording is text")
        });
        (name, calls.draw([&left, &right]))
    });
    for (name, made) in states.chain(calls) {
        let made = made.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let path = svg(&name);
        if std::env::var_os(UPDATE).is_some() {
            fs::write(&path, &made).expect("a picture can be written");
        }
        if fs::read_to_string(&path).unwrap_or_default() != made {
            stale.push(name);
        }
    }
    assert!(
        stale.is_empty(),
        "not what their texts make: {stale:?}. {UPDATE}=1 cargo test -p pictures draws them"
    );
}

fn svg(name: &str) -> PathBuf {
    repository()
        .join("book/src/images")
        .join(name)
        .with_extension("svg")
}
