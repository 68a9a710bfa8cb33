// SPDX-License-Identifier: MIT OR Apache-2.0

//! Places each box. The columns are the same in all pictures. In a column, boxes stand in the
//! text's order, each near the rows that point to it.

use anyhow::{Result, ensure};

use crate::arrows::{Arrow, arrows};
use crate::items::{Item, items};
use crate::state::State;
use crate::words::Words;

/// The left and the right side of each column.
pub const COLUMNS: [(f64, f64); 3] = [(14.0, 120.0), (156.0, 300.0), (336.0, 480.0)];
/// The width of a picture: behind the last column there is room for arrows from object to object.
pub const WIDTH: f64 = 520.0;
/// The size of the letters in a head, and in a row.
pub const SIZES: (f64, f64) = (14.0, 13.0);
/// The distance of a text from the side of its box.
pub const INSIDE: f64 = 8.0;

/// How much wider the bold letters of a head are.
const BOLD: f64 = 1.1;
const TOP: f64 = 42.0;
const BOTTOM: f64 = 14.0;
const GAP: f64 = 18.0;
const HEAD: f64 = 19.0;
const ROW: f64 = 24.0;

/// A state with places.
pub struct Picture {
    /// The boxes.
    pub boxes: Vec<Placed>,
    /// The arrows from rows to boxes.
    pub arrows: Vec<Arrow>,
    /// The height.
    pub height: f64,
}

/// A box with its place.
pub struct Placed {
    /// The box.
    pub item: Item,
    /// The left side.
    pub x: f64,
    /// The upper side.
    pub y: f64,
    /// The width.
    pub width: f64,
    /// The height.
    pub height: f64,
}

impl Placed {
    /// Returns the upper side of a row.
    pub fn row(&self, row: usize) -> f64 {
        self.y + INSIDE + HEAD * self.item.head.len() as f64 + ROW * row as f64 + 2.0
    }

    /// Returns the middle of a row's right side.
    pub fn row_end(&self, row: usize) -> (f64, f64) {
        (self.x + self.width, self.row(row) + ROW / 2.0)
    }

    /// Returns the baseline of a line of the head.
    pub fn head(&self, line: usize) -> f64 {
        self.y + INSIDE + HEAD * line as f64 + 14.0
    }
}

/// Returns the height of a row's rectangle.
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

/// Returns the position of a box whose middle is level with the rows to its left that point to it.
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

/// Returns the ends of those rows of a box that point to another one.
fn rows_to(from: &Placed, to: usize) -> impl Iterator<Item = (f64, f64)> {
    from.item
        .rows
        .iter()
        .enumerate()
        .filter(move |(_, row)| row.to == Some(to))
        .map(|(row, _)| from.row_end(row))
}

/// Fails if a text is too wide for its box.
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
