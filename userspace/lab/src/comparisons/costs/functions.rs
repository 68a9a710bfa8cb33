// SPDX-License-Identifier: MIT OR Apache-2.0

//! How many instructions are in which function.

use anyhow::Result;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::column::{Column, program};
use super::counted::{Counted, figure};
use super::log::{Place, Visit, Visits, visits};
use super::symbols::Symbols;

/// How long a log of instructions is made, in bytes. An instruction takes 70.
const LOG: u64 = 32 << 20;

/// The functions that run for one thing, in the order in which they begin, each with its own instructions:
/// those of what it calls are in their own rows.
pub struct Functions(Vec<(String, f64)>);

impl Functions {
    /// Of what is counted under this name, if the column has it. They add up to what is counted.
    pub fn of(column: &Column, name: &str) -> Result<Option<Functions>> {
        for interface in column.interfaces.iter().rev() {
            let mut guest = column.guest()?;
            let list = guest.output_of(program(&[interface, "count", name]))?;
            let list = String::from_utf8(list.stdout)?;
            if !list
                .lines()
                .any(|line| line.split(' ').next() == Some(name))
            {
                continue;
            }
            let symbols = Symbols::of(&mut guest)?;
            let repeat = program(&[interface, "repeat", name]);
            let (counted, log) = guest.trace(repeat, LOG)?;
            let counted = String::from_utf8(counted)?;
            let (_, counted) = Counted::parse(counted.trim_end())?;
            return Ok(Some(Functions::new(&counted, &visits(&log), &symbols)?));
        }
        Ok(None)
    }

    fn new(counted: &Counted, visits: &Visits, symbols: &Symbols) -> Result<Functions> {
        let mut functions = Functions(Vec::new());
        let times = f64::from(counted.times);
        functions.add(visits.of(counted.with)?, 1.0 / times, symbols);
        if counted.without > 0 {
            functions.add(visits.of(counted.without)?, -1.0 / times, symbols);
        } else {
            // The one instruction of userspace's that is counted.
            functions.0.insert(0, ("syscall".to_owned(), 1.0));
        }
        functions.0.retain(|(_, count)| count.abs() > 0.001);
        Ok(functions)
    }

    fn add(&mut self, visit: &Visit, share: f64, symbols: &Symbols) {
        for place in visit {
            let name = match place {
                Place::Userspace(_) => "userspace",
                Place::Kernel(address) => symbols.at(*address),
                Place::Guest => "the guest",
            };
            match self.0.iter_mut().find(|(it, _)| it == name) {
                Some((_, count)) => *count += share,
                None => self.0.push((name.to_owned(), share)),
            }
        }
    }

    fn get(&self, name: &str) -> Option<f64> {
        let found = self.0.iter().find(|(it, _)| it == name);
        found.map(|(_, count)| *count)
    }
}

/// A row for each function, in an order in which all of them have begun, and a last one with the sums.
pub fn side_by_side(all: &[Functions]) -> Vec<(String, Vec<Option<String>>)> {
    let mut names: Vec<&str> = Vec::new();
    for functions in all {
        let others: Vec<_> = functions.0.iter().map(|(name, _)| name.as_str()).collect();
        let mut merged = Vec::new();
        for op in capture_diff_slices(Algorithm::Lcs, &names, &others) {
            merged.extend(&names[op.old_range()]);
            if !matches!(op, DiffOp::Equal { .. }) {
                merged.extend(&others[op.new_range()]);
            }
        }
        // One that comes earlier in one column than in another.
        let mut seen = std::collections::BTreeSet::new();
        merged.retain(|name| seen.insert(*name));
        names = merged;
    }
    let mut rows = Vec::new();
    for name in names {
        let cells = all.iter().map(|it| it.get(name).map(figure));
        rows.push((format!("`{name}`"), cells.collect()));
    }
    let sum =
        |functions: &Functions| Some(figure(functions.0.iter().map(|(_, count)| count).sum()));
    rows.push(("sum".to_owned(), all.iter().map(sum).collect()));
    rows
}
