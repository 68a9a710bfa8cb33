// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where each box is. The columns are the same in all pictures. In a column, boxes stand in the
//! text's order, each about where the rows are that lead to it.

use anyhow::{Result, ensure};

use crate::arrows::{Arrow, arrows};
use crate::items::{Item, items};
use crate::state::State;
use crate::words::Words;

/// From where to where each column goes.
pub const COLUMNS: [(f64, f64); 3] = [(14.0, 120.0), (156.0, 300.0), (336.0, 480.0)];
/// How wide a picture is: behind the last column there is room for arrows from object to object.
pub const WIDTH: f64 = 520.0;
/// The size of a head's letters, and of those of a row.
pub const SIZES: (f64, f64) = (14.0, 13.0);
/// How far a text is from the side of its box.
pub const INSIDE: f64 = 8.0;

/// How much wider the bold letters of a head are.
const BOLD: f64 = 1.1;
const TOP: f64 = 42.0;
const BOTTOM: f64 = 14.0;
const GAP: f64 = 18.0;
const HEAD: f64 = 19.0;
const ROW: f64 = 24.0;

/// A state, placed.
pub struct Picture {
    /// The boxes.
    pub boxes: Vec<Placed>,
    /// What leads from a row to a box.
    pub arrows: Vec<Arrow>,
    /// How high it all is.
    pub height: f64,
}

/// A box in its place.
pub struct Placed {
    /// What it is.
    pub item: Item,
    /// Its left side.
    pub x: f64,
    /// Its upper side.
    pub y: f64,
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
}

impl Placed {
    /// The upper side of a row.
    pub fn row(&self, row: usize) -> f64 {
        self.y + INSIDE + HEAD * self.item.head.len() as f64 + ROW * row as f64 + 2.0
    }

    /// The middle of a row's end.
    pub fn row_end(&self, row: usize) -> (f64, f64) {
        (self.x + self.width, self.row(row) + ROW / 2.0)
    }

    /// Where a line of the head stands.
    pub fn head(&self, line: usize) -> f64 {
        self.y + INSIDE + HEAD * line as f64 + 14.0
    }
}

/// How high a row is drawn.
pub const fn row_height() -> f64 {
    ROW - 3.0
}

/// Places a state's boxes and arrows.
pub fn place(state: &State, words: &Words) -> Result<Picture> {
    let mut boxes: Vec<Placed> = items(state)?.into_iter().map(unplaced).collect();
    let mut ends = [TOP; 3];
    for index in 0..boxes.len() {
        let wanted = wanted(&boxes, index).unwrap_or(TOP);
        let end = &mut ends[boxes[index].item.column];
        let this = &mut boxes[index];
        this.y = wanted.max(*end);
        *end = this.y + this.height + GAP;
    }
    for placed in &boxes {
        fits(placed, words)?;
    }
    let arrows = arrows(&boxes);
    let end = ends.iter().copied().fold(TOP, f64::max);
    let height = end - GAP + BOTTOM;
    Ok(Picture {
        boxes,
        arrows,
        height,
    })
}

fn unplaced(item: Item) -> Placed {
    let (left, right) = COLUMNS[item.column];
    let rows = ROW * item.rows.len() as f64 + if item.rows.is_empty() { 0.0 } else { 4.0 };
    Placed {
        x: left,
        y: TOP,
        width: right - left,
        height: 2.0 * INSIDE - 2.0 + HEAD * item.head.len() as f64 + rows - 2.0,
        item,
    }
}

/// Where a box would have its middle opposite to what leads to it from the column before.
fn wanted(boxes: &[Placed], index: usize) -> Option<f64> {
    let this = &boxes[index];
    let from: Vec<f64> = boxes
        .iter()
        .filter(|other| other.item.column < this.item.column)
        .flat_map(|other| rows_to(other, index))
        .map(|(_, y)| y)
        .collect();
    let middle = from.iter().sum::<f64>() / from.len() as f64;
    middle
        .is_finite()
        .then_some((middle - this.height / 2.0).round())
}

/// The ends of those rows of a box that lead to another one.
fn rows_to(from: &Placed, to: usize) -> impl Iterator<Item = (f64, f64)> {
    from.item
        .rows
        .iter()
        .enumerate()
        .filter(move |(_, row)| row.to == Some(to))
        .map(|(row, _)| from.row_end(row))
}

/// A text that is too wide is to be said shorter.
fn fits(placed: &Placed, words: &Words) -> Result<()> {
    let (head, row) = SIZES;
    let room = placed.width - 2.0 * INSIDE;
    for text in &placed.item.head {
        let width = words.width(text) * head * BOLD;
        ensure!(width <= room, "too long for a box's name: {text}");
    }
    for it in &placed.item.rows {
        let note = it.note.as_ref().map_or(0.0, |note| words.width(note) * row);
        let width = words.width(&it.text) * row + note;
        ensure!(width <= room, "too long for a row: {}", it.text);
    }
    Ok(())
}
