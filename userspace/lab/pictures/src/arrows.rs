// SPDX-License-Identifier: MIT OR Apache-2.0

//! The path of each arrow, from the end of a row to a side of a box.

use crate::placing::{Placed, WIDTH};
use crate::state::Now;

/// An arrow.
pub struct Arrow {
    /// The end of a row.
    pub from: (f64, f64),
    /// A point on a side of a box.
    pub to: (f64, f64),
    /// How far to the right it goes, if both boxes are in the same column.
    pub lane: Option<f64>,
    /// Like the row that it starts from.
    pub now: Now,
}

/// Returns the arrows between boxes.
pub fn arrows(boxes: &[Placed]) -> Vec<Arrow> {
    let mut arrows = Vec::new();
    let mut lane = WIDTH - 12.0;
    for (index, to) in boxes.iter().enumerate() {
        let mut across = Vec::new();
        let mut down = Vec::new();
        for from in boxes {
            for (row, it) in from.item.rows.iter().enumerate() {
                if it.to == Some(index) {
                    let same = from.item.column == to.item.column;
                    let ends = if same { &mut down } else { &mut across };
                    ends.push((from.row_end(row), it.now));
                }
            }
        }
        across.sort_by(|(a, _), (b, _)| a.1.total_cmp(&b.1));
        let step = to.height / (across.len() + 1) as f64;
        for (place, (from, now)) in across.into_iter().enumerate() {
            arrows.push(Arrow {
                from,
                to: (to.x, to.y + step * (place + 1) as f64),
                lane: None,
                now,
            });
        }
        for (place, (from, now)) in down.into_iter().enumerate() {
            arrows.push(Arrow {
                from,
                to: (to.x + to.width, to.y + 14.0 + 12.0 * place as f64),
                lane: Some(lane),
                now,
            });
            lane -= 8.0;
        }
    }
    arrows
}
