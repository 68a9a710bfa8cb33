// SPDX-License-Identifier: MIT OR Apache-2.0

//! How many instructions are in which function.

use anyhow::{Context, Result};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::column::{Column, program};
use super::counted::Counted;
use super::log::{Place, Visit, visits};
use super::symbols::Symbols;

/// How long a log of instructions is made, in bytes. An instruction takes 70.
const LOG: u64 = 32 << 20;

/// The functions that run for one thing, in the order in which they begin, each with its instructions. What
/// it calls is not among them.
pub struct Functions(Vec<(String, usize)>);

impl Functions {
    /// Of what is counted under this name, if the column has it. They add up to what is counted.
    pub fn of(column: &Column, name: &str) -> Result<Option<Functions>> {
        for interface in column.interfaces {
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
            // Userspace executes `syscall`, and the kernel the rest.
            let length = counted.median as usize - 1;
            let visits = visits(&log);
            let visit = visits.get(&length).and_then(|visits| visits.last());
            let visit = visit.with_context(|| {
                format!("no system call in QEMU's log took {length} instructions in the kernel")
            })?;
            return Ok(Some(Functions::new(visit, &symbols)));
        }
        Ok(None)
    }

    fn new(visit: &Visit, symbols: &Symbols) -> Functions {
        let mut functions: Vec<(String, usize)> = Vec::new();
        for place in visit {
            let name = match place {
                Place::Userspace(_) => "userspace",
                Place::Kernel(address) => symbols.at(*address),
                Place::Guest => "the guest",
            };
            match functions.iter_mut().find(|(it, _)| it == name) {
                Some((_, count)) => *count += 1,
                None => functions.push((name.to_owned(), 1)),
            }
        }
        Functions(functions)
    }

    fn get(&self, name: &str) -> Option<usize> {
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
        let cells = all.iter().map(|it| it.get(name).map(|it| it.to_string()));
        rows.push((format!("`{name}`"), cells.collect()));
    }
    let sum = |functions: &Functions| {
        let sum: usize = functions.0.iter().map(|(_, count)| count).sum();
        Some(sum.to_string())
    };
    rows.push(("sum".to_owned(), all.iter().map(sum).collect()));
    rows
}
