// SPDX-License-Identifier: MIT OR Apache-2.0

//! Places each call's box: inside its caller's, at the height of its row.

use anyhow::Result;

use super::names::wrapped;
use super::rows::{Cell, Row};
use crate::words::Words;

/// The width of the picture: hardly more than a phone's, so that its letters are not too small there.
pub const WIDE: f64 = 400.0;
/// The left and the right side of each column.
pub const COLUMNS: [(f64, f64); 2] = [(8.0, 192.0), (208.0, 392.0)];
/// The size of the letters, and the height of a line.
pub const LETTERS: f64 = 11.0;
pub const LINE: f64 = 14.0;
/// The distance of a text from the sides of its box.
pub const INSIDE: (f64, f64) = (5.0, 3.0);
/// The indentation of a name's second line.
pub const HANGING: f64 = 8.0;

/// The top of the first row.
const TOP: f64 = 30.0;
/// The distance of a box from the sides of its caller's box, on the left and on the right.
const INSET: (f64, f64) = (6.0, 3.0);
/// The gap between two rows, and between the lower sides of a box and its caller's.
const GAP: f64 = 3.0;
const BELOW: f64 = 3.0;

/// A call, or some calls that are not shown, with its place.
pub struct Placed {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    /// The text.
    pub lines: Vec<String>,
    /// The origin of the function: a class of `calls.css`. `None` for calls that are not shown.
    pub class: Option<&'static str>,
}

/// Everything that is drawn.
pub struct Picture {
    pub boxes: Vec<Placed>,
    /// Lines between boxes of the same function on the left and on the right: start, end and height.
    pub bridges: Vec<(f64, f64, f64)>,
    pub height: f64,
}

/// Places the rows.
pub fn place(rows: &[Row], words: &Words) -> Result<Picture> {
    let ends = [0, 1].map(|side| ends(rows, side));
    let (mut boxes, mut bridges) = (Vec::new(), Vec::new());
    let mut bottoms = Vec::new();
    let mut y = TOP;
    for (place, row) in rows.iter().enumerate() {
        let mut high: f64 = 0.0;
        for (side, cell) in row.cells.iter().enumerate() {
            let Some(cell) = cell else { continue };
            let placed = unplaced(cell, COLUMNS[side], y, words)?;
            high = high.max(placed.bottom - placed.top);
            boxes.push((placed, side, place));
        }
        if let ([.., (one, ..), (other, ..)], true) = (&boxes[..], row.same) {
            bridges.push((one.right, other.left, y + INSIDE.1 + LINE / 2.0));
        }
        y += high;
        bottoms.push(y);
        let closed = ends.iter().map(|ends| closed(ends, place, 0)).max();
        y += GAP + BELOW * closed.unwrap_or(0).saturating_sub(1) as f64;
    }
    let place = |(placed, side, place): (Placed, usize, usize)| {
        let ends = &ends[side];
        if ends[place] == place {
            return placed;
        }
        // Boxes that begin later and end in the same row are inside this one.
        let within = closed(ends, ends[place], place + 1);
        let bottom = bottoms[ends[place]] + BELOW * within as f64;
        Placed { bottom, ..placed }
    };
    Ok(Picture {
        boxes: boxes.into_iter().map(place).collect(),
        bridges,
        height: y,
    })
}

/// Returns for each row the last row inside its box on this side, or `usize::MAX` if it has no box.
fn ends(rows: &[Row], side: usize) -> Vec<usize> {
    let depth = |row: &Row| row.cells[side].as_ref().map(Cell::depth);
    let end = |(place, row): (usize, &Row)| {
        let Some(own) = depth(row) else {
            return usize::MAX;
        };
        let below = rows.iter().enumerate().skip(place + 1);
        let filled = below.filter_map(|(place, row)| Some((place, depth(row)?)));
        let inside = filled.take_while(|(_, depth)| *depth > own);
        inside.last().map_or(place, |(place, _)| place)
    };
    rows.iter().enumerate().map(end).collect()
}

/// Returns how many of the boxes from row `from` on end in row `end`.
fn closed(ends: &[usize], end: usize, from: usize) -> usize {
    ends.iter().skip(from).filter(|it| **it == end).count()
}

fn unplaced(cell: &Cell, column: (f64, f64), top: f64, words: &Words) -> Result<Placed> {
    let depth = cell.depth() as f64;
    let (left, right) = (column.0 + INSET.0 * depth, column.1 - INSET.1 * depth);
    let (lines, class) = match cell {
        Cell::Call(line) => {
            let lines = wrapped(&line.label(), right - left - 2.0 * INSIDE.0, words)?;
            (lines, Some(line.class()))
        }
        Cell::Others { calls, .. } => (vec![format!("{calls} other calls")], None),
    };
    Ok(Placed {
        left,
        right,
        top,
        bottom: top + 2.0 * INSIDE.1 + LINE * lines.len() as f64,
        lines,
        class,
    })
}

#[cfg(test)]
mod tests {
    use super::{Placed, place};
    use crate::calls::recording::lines;
    use crate::calls::rows::rows;
    use crate::words::Words;

    #[test]
    fn a_box_is_within_its_caller_s_and_beside_all_others() {
        let left =
            "$\nrelease\n  drop\n    drop_all_that_a_virtual_machine_consists_of\n  free\nend\n";
        let right = "$\nrelease\n  drop\n  put\n";
        let [left, right] = [left, right].map(|it| lines(it, &[]));
        let picture = place(&rows(&left, &right, &[]), &Words::english()).unwrap();
        let one = |name: &str| {
            let mut boxes = picture.boxes.iter();
            boxes.find(|it| it.lines.concat() == name).unwrap()
        };
        let is_in = |inner: &Placed, outer: &Placed| {
            outer.left < inner.left
                && inner.right < outer.right
                && outer.top < inner.top
                && inner.bottom < outer.bottom
        };
        let inner = one("drop_all_that_a_virtual_machine_consists_of");
        assert!(is_in(inner, one("drop")) && is_in(one("drop"), one("release")));
        assert!(one("drop").bottom < one("free").top && one("free").bottom < one("release").bottom);
        assert!(one("release").bottom < one("end").top && one("end").bottom < picture.height);
        assert_eq!(picture.bridges.len(), 2);
    }
}
