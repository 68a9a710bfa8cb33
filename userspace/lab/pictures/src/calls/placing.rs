// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where each call's box is: within its caller's, and as far down as its row.

use anyhow::Result;

use super::names::wrapped;
use super::rows::{Cell, Row};
use crate::words::Words;

/// How wide the picture is: hardly wider than a phone, so that its letters do not become small on one.
pub const WIDE: f64 = 400.0;
/// From where to where each column goes.
pub const COLUMNS: [(f64, f64); 2] = [(8.0, 192.0), (208.0, 392.0)];
/// The size of the letters, and how high a line of them is.
pub const LETTERS: f64 = 11.0;
pub const LINE: f64 = 14.0;
/// How far a text is from the sides of its box.
pub const INSIDE: (f64, f64) = (5.0, 3.0);
/// How much further in the second line of a name is.
pub const HANGING: f64 = 8.0;

/// Where the rows begin.
const TOP: f64 = 30.0;
/// How far a box is within its caller's, on the left and on the right.
const INSET: (f64, f64) = (6.0, 3.0);
/// Between two rows, and between the lower sides of a box and its caller's.
const GAP: f64 = 3.0;
const BELOW: f64 = 3.0;

/// A call, or some that are not shown, in its place.
pub struct Placed {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    /// What it says.
    pub lines: Vec<String>,
    /// Whose function it is: a class of `calls.css`. None for calls that are not shown.
    pub class: Option<&'static str>,
}

/// All that is drawn.
pub struct Picture {
    pub boxes: Vec<Placed>,
    /// From the box on the left to that on the right, where both are the same function: from, to, and how far down.
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
        // What ends in the same row, and begins after it, is within it.
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

/// For each row the last one that is within the box on this side; for a row that has none, none.
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

/// How many boxes of those from a row on end in another one.
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
