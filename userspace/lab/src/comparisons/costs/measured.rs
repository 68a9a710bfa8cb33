// SPDX-License-Identifier: MIT OR Apache-2.0

//! Counts everything for a column, in one guest for each column.

use std::collections::BTreeMap;

use anyhow::Result;

use super::column::{COLUMNS, Column, On};
use super::counted::{self, Counted};
use super::functions::Functions;
use super::log::{Visit, visits};
use super::symbols::Symbols;
use crate::image::Image;

/// The results of a column.
pub struct Measured {
    pub column: &'static Column,
    pub counted: BTreeMap<String, Counted>,
    /// For some operations, the instructions of each function.
    pub functions: BTreeMap<String, Functions>,
    /// The visits to the kernel from which they come, and the names of the addresses.
    pub visits: BTreeMap<String, Visit>,
    pub symbols: Symbols,
}

impl Measured {
    /// Counts the operations that have one of these words in their names, or all without
    /// words. For those in `functions`, counts the instructions of each function too.
    pub fn of(
        column: &'static Column,
        image: &Image,
        words: &[String],
        functions: &[&str],
    ) -> Result<Measured> {
        let mut guest = column.guest(image)?;
        let mut measured = Measured {
            column,
            counted: BTreeMap::new(),
            functions: BTreeMap::new(),
            visits: BTreeMap::new(),
            symbols: Symbols::default(),
        };
        let mut interface_of = BTreeMap::new();
        for interface in column.interfaces {
            for (name, counted) in counted::count(&mut guest, interface, words)? {
                interface_of.insert(name.clone(), interface);
                measured.counted.insert(name, counted);
            }
        }
        let functions = functions
            .iter()
            .filter(|it| interface_of.contains_key(**it));
        let functions: Vec<_> = functions.collect();
        if functions.is_empty() {
            return Ok(measured);
        }
        let symbols = Symbols::of(&mut guest)?;
        for &name in functions {
            let visits = visits(
                &mut guest,
                interface_of[name],
                name,
                &measured.counted[name],
            )?;
            let of = Functions::of(&measured.counted[name], &visits, &symbols)?;
            measured.functions.insert(name.to_owned(), of);
            let visit = visits.long(measured.counted[name].with)?;
            measured.visits.insert(name.to_owned(), visit.clone());
        }
        measured.symbols = symbols;
        Ok(measured)
    }
}

/// Returns all columns, or only one.
pub fn columns(on: Option<On>) -> impl Iterator<Item = &'static Column> {
    COLUMNS
        .iter()
        .filter(move |it| on.is_none_or(|on| on == it.on))
}
