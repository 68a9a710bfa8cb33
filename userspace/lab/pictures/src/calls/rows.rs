// SPDX-License-Identifier: MIT OR Apache-2.0

//! Two recordings as rows: a function that both call, or its counterpart, shares a row.

use std::collections::BTreeSet;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::recording::Line;

/// This many consecutive leaf calls that only one side makes become one row.
const MANY: usize = 5;

/// The content of a column in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A call.
    Call(Line),
    /// Calls that are not shown.
    Others {
        /// The depth in the call graph.
        depth: usize,
        /// The number of calls.
        calls: usize,
    },
}

/// A row.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// The left and the right cell.
    pub cells: [Option<Cell>; 2],
    /// Whether both are the same function, or counterparts.
    pub same: bool,
}

/// Returns the rows of two recordings.
pub fn rows(left: &[Line], right: &[Line], counterparts: &[[String; 2]]) -> Vec<Row> {
    // The function's name; on the right, the name of its counterpart on the left.
    let name = |line: &Line| {
        let mut pairs = counterparts.iter();
        let pair = pairs.find(|pair| pair[1] == line.function);
        pair.map_or(&line.function, |[left, _]| left).clone()
    };
    let names = |lines: &[Line]| -> BTreeSet<String> { lines.iter().map(name).collect() };
    let both: BTreeSet<String> = &names(left) & &names(right);
    let [left, right] = [left, right].map(|lines| cells(lines, |line| both.contains(&name(line))));
    let keys = |side: &str, cells: &[Cell]| -> Vec<String> {
        let key = |cell: &Cell| match cell {
            Cell::Call(line) => name(line),
            Cell::Others { .. } => format!("others on the {side}"),
        };
        cells.iter().map(key).collect()
    };
    let (before, after) = (keys("left", &left), keys("right", &right));
    let mut rows = Vec::new();
    for operation in capture_diff_slices(Algorithm::Patience, &before, &after) {
        let sides = [&left[operation.old_range()], &right[operation.new_range()]];
        let longest = sides.map(<[Cell]>::len).into_iter().max();
        rows.extend((0..longest.unwrap_or(0)).map(|place| Row {
            cells: sides.map(|cells| cells.get(place).cloned()),
            same: matches!(operation, DiffOp::Equal { .. }),
        }));
    }
    rows
}

/// Returns the lines as cells, with runs of leaf calls that only this side makes as one cell.
fn cells(lines: &[Line], is_in_both: impl Fn(&Line) -> bool) -> Vec<Cell> {
    let next = lines.iter().skip(1).map(Some).chain([None]);
    let marked: Vec<(&Line, bool)> = lines
        .iter()
        .zip(next)
        .map(|(line, next)| {
            let makes_calls = next.is_some_and(|next| next.depth > line.depth);
            (line, !makes_calls && !is_in_both(line))
        })
        .collect();
    let runs = marked.chunk_by(|one, next| one.1 && next.1 && one.0.depth == next.0.depth);
    runs.flat_map(|run| match run {
        [(line, _), ..] if run.len() >= MANY => vec![Cell::Others {
            depth: line.depth,
            calls: run.iter().map(|(line, _)| line.times).sum(),
        }],
        _ => run.iter().map(|it| Cell::Call(it.0.clone())).collect(),
    })
    .collect()
}

impl Cell {
    /// Returns the depth in the call graph.
    pub fn depth(&self) -> usize {
        match self {
            Cell::Call(line) => line.depth,
            Cell::Others { depth, .. } => *depth,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, rows};
    use crate::calls::recording::lines;

    fn shown(left: &str, right: &str) -> Vec<String> {
        let [left, right] = [left, right].map(|it| lines(&format!("$\n{it}"), &[]));
        let rows = rows(&left, &right, &[["release".into(), "kvm_release".into()]]);
        let cell = |cell: &Option<Cell>| match cell {
            Some(Cell::Call(line)) => line.function.clone(),
            Some(Cell::Others { calls, .. }) => format!("{calls} others"),
            None => String::new(),
        };
        let row = |row: &super::Row| {
            let between = if row.same { "=" } else { "|" };
            format!("{}{between}{}", cell(&row.cells[0]), cell(&row.cells[1]))
        };
        rows.iter().map(row).collect()
    }

    #[test]
    fn the_same_function_and_a_counterpart_are_in_one_row() {
        let left = "getfd\n  own\n  fd_install\nrelease\n";
        let right = "ioctl\n  fd_install\nkvm_release\n";
        let rows = [
            "getfd|ioctl",
            "own|",
            "fd_install=fd_install",
            "release=kvm_release",
        ];
        assert_eq!(shown(left, right), rows);
    }

    #[test]
    fn many_calls_of_one_side_are_one_row() {
        let left = "fd_install\n  a\n  b × 2\n  c\n  d\n  i\n";
        let right = "fd_install\n  e\n    f\n  g\n  h\n";
        let rows = ["fd_install=fd_install", "6 others|e", "|f", "|g", "|h"];
        assert_eq!(shown(left, right), rows);
    }
}
