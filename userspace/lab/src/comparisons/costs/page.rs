// SPDX-License-Identifier: MIT OR Apache-2.0

//! The text of `costs.md`.

use std::fmt::Write;

use anyhow::{Result, ensure};

use super::counted::figure;
use super::functions::Functions;
use super::layers::{LAYERS, Layers};
use super::listing::listing;
use super::measured::Measured;
use super::rows::{ENGINES, FUNCTIONS, ROWS, moves};
use super::side_by_side::side_by_side;
use super::table;
use crate::image::Image;

const HEAD: &str = "\
<!-- SPDX-License-Identifier: CC-BY-4.0 -->
<!-- cargo lab bench makes this -->
";

/// The mark of a figure that differs from run to run.
pub const ABOUT: &str = "≈";

/// The operation whose instructions are listed.
const LISTED: &str = "version";

/// Returns the tables, each between the anchors with which the book
/// includes it, and a last line with the versions that they depend on.
pub fn page(all: &[Measured], layers: &Layers, image: &Image, made_with: &str) -> Result<String> {
    for name in all.iter().flat_map(|it| it.counted.keys()) {
        let is_told = ROWS.iter().any(|(told, _)| told == name);
        ensure!(is_told, "rows.rs has no row for {name}, which is counted");
    }
    let mut page = HEAD.to_owned();
    let whole: Vec<_> = ROWS.iter().map(|(name, _)| *name).collect();
    add(
        &mut page,
        "costs",
        &costs(&all.iter().collect::<Vec<_>>(), &whole),
    );
    let (rows, columns) = ENGINES;
    let engines = all.iter().filter(|it| columns.contains(&it.column.on));
    add(
        &mut page,
        "engines",
        &costs(&engines.collect::<Vec<_>>(), rows),
    );
    for (name, _) in FUNCTIONS.iter().skip(1) {
        let (titles, functions) = functions(all, name);
        let rows = LAYERS.iter().map(|(layer, title)| {
            let cells = functions.iter().map(|it| {
                let sum = layers.sum(it, *layer);
                (sum != 0.0).then(|| figure(sum))
            });
            ((*title).to_owned(), cells.collect::<Vec<_>>())
        });
        let is_there = |(_, cells): &(_, Vec<Option<String>>)| cells.iter().any(Option::is_some);
        let mut rows: Vec<_> = rows.filter(is_there).collect();
        let sums = functions.iter().map(|it| Some(figure(it.sum(|_| true))));
        rows.push(("together".to_owned(), sums.collect()));
        add(&mut page, &format!("{name}-layers"), &table(&titles, rows));
        let rows = side_by_side(&functions);
        add(
            &mut page,
            &format!("{name}-functions"),
            &table(&titles, rows),
        );
    }
    for measured in all {
        let Some(visit) = measured.visits.get(LISTED) else {
            continue;
        };
        let listing = listing(visit, &measured.symbols, layers, image)?;
        let name = format!("{LISTED}-{}", measured.column.name);
        add(&mut page, &name, &format!("```text\n{listing}```\n"));
    }
    writeln!(page, "\n{made_with}")?;
    Ok(page)
}

fn add(page: &mut String, name: &str, table: &str) {
    *page += &format!("\n<!-- ANCHOR: {name} -->\n{table}<!-- ANCHOR_END: {name} -->\n");
}

/// Returns a table of these rows and columns.
fn costs(columns: &[&Measured], rows: &[&str]) -> String {
    let rows = ROWS.iter().filter(|(name, _)| rows.contains(name));
    let rows = rows.map(|(name, title)| {
        let cells = columns.iter().map(|measured| {
            let instructions = measured.counted.get(*name)?.instructions();
            let about = match moves(name, measured.column.on) {
                true => ABOUT,
                false => "",
            };
            Some(format!("{about}{}", figure(instructions)))
        });
        ((*title).to_owned(), cells.collect())
    });
    let titles: Vec<_> = columns.iter().map(|it| it.column.title).collect();
    table(&titles, rows.collect())
}

/// Returns the functions of the columns that have them, with the columns' titles.
pub fn functions<'a>(all: &'a [Measured], name: &str) -> (Vec<&'a str>, Vec<&'a Functions>) {
    let of = |it: &'a Measured| Some((it.column.title, it.functions.get(name)?));
    all.iter().filter_map(of).unzip()
}
