// SPDX-License-Identifier: MIT OR Apache-2.0

//! `costs.md`: the number of instructions of operations, on hiboma, on its C twin and on KVM.
//!
//! | file | contents |
//! | --- | --- |
//! | `column.rs` | the columns of the tables, each with a guest of its own |
//! | `measured.rs` | everything that is counted for a column |
//! | `counted.rs` | the number of instructions of an operation |
//! | `functions.rs` | the instructions of each function; `side_by_side.rs`: of several columns |
//! | `listing.rs` | the instructions themselves |
//! | `layers.rs` | the instructions of each layer |
//! | `rows.rs` | the rows of `costs.md` |
//! | `picture.rs` | the picture of the layers |
//! | `page.rs` | the text; `tolerance.rs`: by how much it may differ from the kept one |
//! | `log.rs` | QEMU's log of instructions, cut into system calls |
//! | `symbols.rs` | the function at an address |

mod column;
mod counted;
mod functions;
mod layers;
mod listing;
mod log;
mod measured;
mod page;
mod picture;
mod rows;
mod side_by_side;
mod symbols;
mod tolerance;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use anyhow::{Result, ensure};

use super::c_and_rust::compilers;
use super::kept;
use crate::build::{self, Configuration, Wanted};
use crate::guest;
use crate::workspace;
pub use column::On;
use counted::Counted;
pub use counted::figure;
use layers::Layers;
use measured::{Measured, columns};
use page::page;
use picture::picture;
use rows::FUNCTIONS;
use side_by_side::side_by_side;
pub use symbols::Symbols;
use tolerance::settled;

/// A file, and its new content.
pub type Made = (PathBuf, String);

/// Returns the path of the tables.
pub fn path() -> PathBuf {
    workspace::root().join("comparisons/costs.md")
}

/// Counts everything, and returns the tables and the picture. Figures
/// of the kept tables remain where they are still close enough.
pub fn make() -> Result<[Made; 2]> {
    let image = build::image(Configuration::Lab)?;
    let all: Result<Vec<_>> = columns(None)
        .map(|column| {
            let wanted = FUNCTIONS.iter().filter(|(_, on)| on.contains(&column.on));
            let functions: Vec<_> = wanted.map(|(name, _)| *name).collect();
            Measured::of(column, &image, &[], &functions)
        })
        .collect();
    let all = all?;
    let layers = Layers::of_columns(&all)?;
    let kept = fs::read_to_string(path()).unwrap_or_default();
    let page = page(&all, &layers, &image, &made_with()?)?;
    Ok([
        (path(), settled(&kept, &page)),
        (
            workspace::root().join("book/src/images/costs.svg"),
            picture(&all, &layers),
        ),
    ])
}

/// Writes both files, and prints the names of those that have changed.
pub fn keep() -> Result<()> {
    for (path, text) in make()? {
        kept::keep(&path, &text)?;
    }
    Ok(())
}

/// Returns whether the kept tables can be compared with new ones.
pub fn is_comparable() -> Result<bool> {
    let kept = fs::read_to_string(path()).unwrap_or_default();
    let made_with = made_with()?;
    Ok(kept.is_empty() || kept.lines().any(|line| line == made_with))
}

/// Returns the versions that the figures depend on.
fn made_with() -> Result<String> {
    Ok(format!("{}, {}", compilers()?, guest::qemu_version()?))
}

/// Counts the operations that have one of these words in their names, or
/// all without words, for each column or for only one. Returns a table.
pub fn count(on: Option<On>, words: &[String], kernel: Wanted) -> Result<String> {
    let image = build::image(kernel)?;
    let all: Result<Vec<_>> = columns(on)
        .map(|it| Measured::of(it, &image, words, &[]))
        .collect();
    let all = all?;
    let names: BTreeSet<_> = all.iter().flat_map(|it| it.counted.keys()).collect();
    let mut rows = Vec::new();
    for name in names {
        let cells = all.iter().map(|it| it.counted.get(name).map(Counted::cell));
        rows.push((name.clone(), cells.collect()));
    }
    let titles: Vec<_> = all.iter().map(|it| it.column.title).collect();
    Ok(table(&titles, rows))
}

/// Returns a table of the functions that execute the instructions of the operation with this name.
pub fn functions(on: Option<On>, name: &str, kernel: Wanted) -> Result<String> {
    let image = build::image(kernel)?;
    let words = [name.to_owned()];
    let all: Result<Vec<_>> = columns(on)
        .map(|it| Measured::of(it, &image, &words, &[name]))
        .collect();
    let mut all = all?;
    all.retain(|measured| measured.functions.contains_key(name));
    ensure!(!all.is_empty(), "nothing is counted under the name {name}");
    let titles: Vec<_> = all.iter().map(|it| it.column.title).collect();
    let functions: Vec<_> = all.iter().map(|it| &it.functions[name]).collect();
    Ok(table(&titles, side_by_side(&functions)))
}

/// Returns a table in Markdown. Each row has a name, and a cell for each column.
fn table(titles: &[&str], rows: Vec<(String, Vec<Option<String>>)>) -> String {
    let mut table = format!("| | {} |\n| --- |", titles.join(" | "));
    table += &" ---: |".repeat(titles.len());
    for (name, cells) in rows {
        let cells: Vec<_> = cells.into_iter().map(Option::unwrap_or_default).collect();
        table += &format!("\n| {name} | {} |", cells.join(" | "));
    }
    table + "\n"
}
