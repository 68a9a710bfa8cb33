// SPDX-License-Identifier: MIT OR Apache-2.0

//! The SVG of a state.

use anyhow::Result;
use svg::node::Comment;
use svg::node::element::path::Data;
use svg::node::element::{
    Circle, Definitions, Description, Group, Marker, Path, Rectangle, Style, TSpan, Text, Title,
};
use svg::{Document, Node};

use crate::arrows::Arrow;
use crate::placing::{COLUMNS, INSIDE, Placed, WIDTH, place, row_height};
use crate::state::{Now, State};
use crate::words::{Font, Words};

/// The headings of the columns.
pub const HEADS: [&str; 3] = ["descriptors", "open files", "what they refer to"];

/// Draws a state in the words of a language.
pub fn draw(state: &State, words: &Words) -> Result<String> {
    let picture = place(state, words)?;
    let height = picture.height;
    let mut document = Document::new()
        .set("viewBox", (0.0, 0.0, WIDTH, height))
        .set("width", WIDTH)
        .set("height", height)
        .set("role", "img")
        .add(Comment::new("SPDX-License-Identifier: CC-BY-4.0"))
        .add(Title::new(words.say(&state.title)))
        .add(Description::new().add(svg::node::Text::new(words.say(&state.alt))))
        .add(Style::new(include_str!("style.css")))
        .add(Definitions::new().add(tip()))
        .add(card(height));
    for (head, (left, _)) in HEADS.iter().zip(COLUMNS) {
        document = document.add(text(words, head, left, 27.0));
    }
    for placed in &picture.boxes {
        document = document.add(item(placed, words));
    }
    for it in &picture.arrows {
        document = document.add(arrow(it));
    }
    Ok(format!("{document}\n"))
}

fn tip() -> Marker {
    Marker::new()
        .set("id", "tip")
        .set("viewBox", "0 0 8 8")
        .set("refX", 7)
        .set("refY", 4)
        .set("markerWidth", 8)
        .set("markerHeight", 8)
        // The same size on thick and thin lines.
        .set("markerUnits", "userSpaceOnUse")
        .set("orient", "auto")
        .add(Path::new().set("class", "tip").set("d", "M0 0 L8 4 L0 8 z"))
}

fn card(height: f64) -> Rectangle {
    rectangle("card", (0.5, 0.5), (WIDTH - 1.0, height - 1.0), 10.0)
}

fn item(placed: &Placed, words: &Words) -> Group {
    let item = &placed.item;
    let left = placed.x + INSIDE;
    let class = format!("box {}{}", item.class, and(item.now));
    let outside = rectangle(
        &class,
        (placed.x, placed.y),
        (placed.width, placed.height),
        7.0,
    );
    let mut group = Group::new().add(outside);
    for (line, head) in item.head.iter().enumerate() {
        let class = format!("name{}", and(item.now));
        group = group.add(text(words, head, left, placed.head(line)).set("class", class));
    }
    for (index, row) in item.rows.iter().enumerate() {
        let y = placed.row(index);
        let inside = (placed.width - 8.0, row_height());
        let now = and(row.now);
        group = group.add(rectangle("row", (placed.x + 4.0, y), inside, 4.0));
        group = group.add(text(words, &row.text, left, y + 15.0).set("class", now));
        if let Some(note) = &row.note {
            let right = placed.x + placed.width - INSIDE;
            let note = text(words, note, right, y + 15.0)
                .set("class", now)
                .set("text-anchor", "end");
            group = group.add(note);
        }
    }
    if let Some(count) = item.count {
        let (x, y) = (placed.x + placed.width - 6.0, placed.y + 4.0);
        let circle = Circle::new().set("cx", x).set("cy", y).set("r", 10);
        group = group.add(circle.set("class", "count"));
        group = group.add(text(words, &count.to_string(), x, y + 4.5).set("class", "counted"));
    }
    group
}

fn arrow(arrow: &Arrow) -> Path {
    let (from, to) = (arrow.from, arrow.to);
    let data = Data::new().move_to(from);
    let data = match arrow.lane {
        // A curve to the lane and back.
        Some(lane) => {
            let (out, back) = ((lane, from.1), (lane, to.1));
            data.cubic_curve_to((out, back, to))
        }
        None => {
            let middle = (from.0 + to.0) / 2.0;
            data.cubic_curve_to(((middle, from.1), (middle, to.1), to))
        }
    };
    Path::new()
        .set("class", format!("arrow{}", and(arrow.now)))
        .set("d", data)
}

pub(crate) fn rectangle(
    class: &str,
    (x, y): (f64, f64),
    (width, height): (f64, f64),
    round: f64,
) -> Rectangle {
    Rectangle::new()
        .set("class", class)
        .set("x", x)
        .set("y", y)
        .set("width", width)
        .set("height", height)
        .set("rx", round)
}

/// Returns a text, with its identifiers in the code font.
pub(crate) fn text(words: &Words, text: &str, x: f64, y: f64) -> Text {
    let mut element = Text::new("").set("x", x).set("y", y);
    for (font, part) in words.parts(text) {
        match font {
            Font::Text => element.append(svg::node::Text::new(part)),
            Font::Code => element.append(TSpan::new(part).set("class", "code")),
        }
    }
    element
}

/// Returns the suffix of a style's name.
fn and(now: Now) -> &'static str {
    match now {
        Now::Same => "",
        Now::New => " new",
        Now::Gone => " gone",
    }
}
