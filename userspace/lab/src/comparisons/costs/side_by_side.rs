// SPDX-License-Identifier: MIT OR Apache-2.0

//! Merges the functions of several columns into one order.

use std::collections::BTreeSet;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::counted::figure;
use super::functions::Functions;

/// Returns a row for each function, and a last one with the sums.
pub fn side_by_side(all: &[&Functions]) -> Vec<(String, Vec<Option<String>>)> {
    let mut rows = Vec::new();
    for name in names(all) {
        let cells = all.iter().map(|functions| {
            let sum = functions.sum(|symbol| symbol.name == name);
            (sum != 0.0).then(|| figure(sum))
        });
        rows.push((format!("`{name}`"), cells.collect()));
    }
    let sums = all.iter().map(|it| Some(figure(it.sum(|_| true))));
    rows.push(("together".to_owned(), sums.collect()));
    rows
}

/// Returns the names of all functions, in an order that follows each column's as far as possible.
fn names<'a>(all: &[&'a Functions]) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for functions in all {
        let others = functions.0.iter().map(|(symbol, _)| symbol.name.as_str());
        let others: Vec<_> = others.collect();
        let mut merged = Vec::new();
        for op in capture_diff_slices(Algorithm::Lcs, &names, &others) {
            merged.extend(&names[op.old_range()]);
            if !matches!(op, DiffOp::Equal { .. }) {
                merged.extend(&others[op.new_range()]);
            }
        }
        let mut seen = BTreeSet::new();
        merged.retain(|name| seen.insert(*name));
        names = merged;
    }
    names
}
