// SPDX-License-Identifier: MIT OR Apache-2.0

//! Checks that nothing overlaps, and that all words can be translated. Drawing a text has checked
//! already that it fits into its box.

use std::collections::BTreeMap;

use pictures::{HEADS, Placed, State, WIDTH, Words, draw, place};

use crate::states::states;

#[test]
fn no_two_boxes_overlap() {
    for (name, state) in states() {
        let boxes = place(&state, &Words::english())
            .expect("it was drawn")
            .boxes;
        for (index, one) in boxes.iter().enumerate() {
            for other in &boxes[index + 1..] {
                assert!(
                    apart(one, other),
                    "{name}: {:?}, {:?}",
                    one.item.head,
                    other.item.head
                );
            }
        }
    }
}

#[test]
fn every_arrow_is_on_the_card_and_between_columns() {
    for (name, state) in states() {
        let picture = place(&state, &Words::english()).expect("it was drawn");
        for arrow in picture.arrows {
            let (from, to) = (arrow.from, arrow.to);
            let forward =
                arrow.lane.is_some_and(|lane| from.0 < lane && lane < WIDTH) || from.0 < to.0;
            let inside = from.1.max(to.1) < picture.height;
            assert!(forward && inside, "{name}: from {from:?} to {to:?}");
            let under = picture.boxes.iter().find(|it| {
                let between = from.0.min(to.0) < it.x && it.x + it.width < from.0.max(to.0);
                between && it.y < from.1.max(to.1) && from.1.min(to.1) < it.y + it.height
            });
            let under = under.map(|it| &it.item.head);
            assert!(under.is_none(), "{name}: it would cross {under:?}");
        }
    }
}

#[test]
fn every_word_can_be_said_in_another_language() {
    for (name, state) in states() {
        let picture = draw(&state, &another_language(&state)).expect("it was drawn");
        let (_, drawn) = picture.split_once("</defs>").expect("definitions");
        let (title, _) = picture.split_once("<style>").expect("a style");
        let left: Vec<&str> = [title, drawn]
            .into_iter()
            .flat_map(|part| part.split('<'))
            .filter(|element| !element.starts_with("tspan") && !element.starts_with("!--"))
            .filter_map(|element| element.split_once('>'))
            .map(|(_, text)| text)
            .filter(|text| text.contains(|letter: char| letter.is_ascii_alphabetic()))
            .collect();
        assert!(left.is_empty(), "{name}: {left:?}");
    }
}

/// Returns a language that has the same word for everything.
fn another_language(state: &State) -> Words {
    let boxes = place(state, &Words::english()).expect("it was drawn").boxes;
    let mut words: BTreeMap<&str, &str> = BTreeMap::new();
    let heads = boxes.iter().flat_map(|it| &it.item.head);
    let rows = boxes
        .iter()
        .flat_map(|it| &it.item.rows)
        .map(|row| &row.text);
    for text in heads.chain(rows).chain([&state.title, &state.alt]) {
        words.insert(text, "物");
    }
    words.extend(HEADS.map(|head| (head, "物")));
    Words::read(&toml::to_string(&words).expect("a table")).expect("a language")
}

fn apart(one: &Placed, other: &Placed) -> bool {
    one.x + one.width <= other.x
        || other.x + other.width <= one.x
        || one.y + one.height <= other.y
        || other.y + other.height <= one.y
}
