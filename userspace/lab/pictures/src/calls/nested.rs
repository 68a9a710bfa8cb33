// SPDX-License-Identifier: MIT OR Apache-2.0

//! The SVG of two call graphs.

use anyhow::Result;
use svg::node::Comment;
use svg::node::element::{Description, Group, Line, Style, Title};
use svg::{Document, Node};

use super::Calls;
use super::placing::{COLUMNS, HANGING, INSIDE, LETTERS, LINE, Placed, WIDE, place};
use super::rows::Row;
use crate::drawing::{rectangle, text};
use crate::words::{Words, identifier};

/// The kinds of boxes, by their classes in `calls.css`.
const LEGEND: [(&str, &str); 3] = [
    ("own", "our module"),
    ("kvm", "KVM"),
    ("kernel", "the rest of the kernel"),
];
/// The height of a line of the legend, and the width of the box in front of it.
const STEP: f64 = 18.0;
const SAMPLE: f64 = 16.0;

/// Returns the picture.
pub fn draw(calls: &Calls, rows: &[Row]) -> Result<String> {
    let words = Words::english();
    let picture = place(rows, &words)?;
    let mut drawn = Group::new();
    for (side, (left, _)) in calls.sides.iter().zip(COLUMNS) {
        drawn = drawn.add(text(&words, &side.name, left, 20.0).set("class", "name"));
    }
    for (from, to, y) in picture.bridges {
        drawn = drawn.add(bridge(from, to, y));
    }
    for placed in &picture.boxes {
        drawn.append(call(placed, &words));
    }
    let mut y = picture.height + 6.0;
    for (class, name) in LEGEND {
        let sample = rectangle(
            &format!("call {class}"),
            (COLUMNS[0].0, y),
            (SAMPLE, 12.0),
            2.0,
        );
        let name = text(&words, name, COLUMNS[0].0 + SAMPLE + 6.0, y + 10.0);
        drawn = drawn.add(sample).add(name);
        y += STEP;
    }
    let middle = y + 6.0;
    drawn = drawn
        .add(bridge(COLUMNS[0].0, COLUMNS[0].0 + SAMPLE, middle))
        .add(text(
            &words,
            "the same function, or its counterpart",
            COLUMNS[0].0 + SAMPLE + 6.0,
            y + 10.0,
        ));
    let height = y + STEP + 4.0;
    let document = Document::new()
        .set("viewBox", (0.0, 0.0, WIDE, height))
        .set("width", WIDE)
        .set("height", height)
        .set("role", "img")
        .add(Comment::new("SPDX-License-Identifier: CC-BY-4.0"))
        .add(Title::new(&*calls.title))
        .add(Description::new().add(svg::node::Text::new(&*calls.alt)))
        .add(Style::new(include_str!("../calls.css")))
        .add(rectangle(
            "card",
            (0.5, 0.5),
            (WIDE - 1.0, height - 1.0),
            10.0,
        ))
        .add(drawn);
    Ok(format!("{document}\n"))
}

/// Draws a box and its text; for calls that are not shown, only the text.
fn call(placed: &Placed, words: &Words) -> Group {
    let mut drawn = Group::new();
    if let Some(class) = placed.class {
        let size = (placed.right - placed.left, placed.bottom - placed.top);
        drawn.append(rectangle(
            &format!("call {class}"),
            (placed.left, placed.top),
            size,
            3.0,
        ));
    }
    for (line, part) in placed.lines.iter().enumerate() {
        let part = match placed.class {
            Some(_) => identifier(part),
            None => part.clone(),
        };
        let x = placed.left + INSIDE.0 + if line > 0 { HANGING } else { 0.0 };
        let y = placed.top + INSIDE.1 + LINE * line as f64 + LETTERS;
        drawn.append(text(words, &part, x, y));
    }
    drawn
}

fn bridge(from: f64, to: f64, y: f64) -> Line {
    Line::new()
        .set("class", "same")
        .set("x1", from)
        .set("x2", to)
        .set("y1", y)
        .set("y2", y)
}
