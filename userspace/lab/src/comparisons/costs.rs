// SPDX-License-Identifier: MIT OR Apache-2.0

//! `costs.md`: how many instructions something takes, on hiboma, on its C twin and on KVM.
//!
//! | file | what it is about |
//! | --- | --- |
//! | `column.rs` | the columns of the tables, each with a guest of its own |
//! | `counted.rs` | how many instructions, in all |
//! | `functions.rs` | how many in which function |
//! | `log.rs` | QEMU's log of instructions, cut into system calls |
//! | `symbols.rs` | the function at an address |

mod column;
mod counted;
mod functions;
mod log;
mod symbols;

use std::collections::BTreeMap;

use anyhow::Result;

use column::Column;
pub use column::On;
use counted::Counted;
use functions::Functions;

/// Counts what has one of these words in its name, or without words everything, for each column or only
/// for one. Returns a table.
pub fn count(on: Option<On>, words: &[String]) -> Result<String> {
    let columns = Column::wanted(on);
    let mut all = Vec::new();
    for column in &columns {
        all.push(counted::count(column, words)?);
    }
    let mut rows = BTreeMap::<_, Vec<_>>::new();
    for name in all.iter().flat_map(BTreeMap::keys) {
        let cells = all.iter().map(|counted| counted.get(name));
        rows.insert(name, cells.map(|cell| cell.map(Counted::cell)).collect());
    }
    Ok(table(&columns, rows))
}

/// How many instructions of what is counted under this name are in which function.
pub fn functions(on: Option<On>, name: &str) -> Result<String> {
    let mut columns = Vec::new();
    let mut all = Vec::new();
    for column in Column::wanted(on) {
        if let Some(functions) = Functions::of(column, name)? {
            columns.push(column);
            all.push(functions);
        }
    }
    Ok(table(&columns, functions::side_by_side(&all)))
}

/// A table in Markdown: a name, and a cell for each column.
fn table<Name: std::fmt::Display>(
    columns: &[&Column],
    rows: impl IntoIterator<Item = (Name, Vec<Option<String>>)>,
) -> String {
    let titles: Vec<_> = columns.iter().map(|column| column.title).collect();
    let mut table = format!("| | {} |\n| --- |", titles.join(" | "));
    table += &" ---: |".repeat(columns.len());
    for (name, cells) in rows {
        let cells: Vec<_> = cells.into_iter().map(Option::unwrap_or_default).collect();
        table += &format!("\n| {name} | {} |", cells.join(" | "));
    }
    table + "\n"
}
