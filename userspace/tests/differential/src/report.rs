// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Report`]: the results of many programs.

use std::collections::BTreeMap;
use std::fmt;

use crate::bench::{Outcome, Verdict};
use crate::known::Skip;
use crate::watch::names;

/// Sums, some of them by name.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Programs whose runs were compared.
    pub compared: u64,
    /// The number of their instructions, on each machine.
    pub instructions: u64,
    /// Their exits, by kind.
    pub exits: BTreeMap<&'static str, u64>,
    /// The number of exits with an undefined flag, which was not compared.
    pub undefined: BTreeMap<&'static str, u64>,
    /// Programs whose runs could not be compared, by reason.
    pub skipped: BTreeMap<Skip, u64>,
    /// Programs whose run on KVM differed once, but not again.
    pub by_chance: u64,
    /// Programs whose runs differ.
    pub different: u64,
}

impl Report {
    /// Adds the outcome of a program.
    pub fn add(&mut self, outcome: &Outcome) {
        match outcome.verdict {
            Verdict::Skipped(skip) => return *self.skipped.entry(skip).or_default() += 1,
            Verdict::Different(_) => self.different += 1,
            Verdict::Same => {}
        }
        self.compared += 1;
        self.instructions += outcome.instructions;
        for (exit, _) in &outcome.run.exits {
            *self.exits.entry(exit.kind()).or_default() += 1;
        }
        for name in outcome.undefined.iter().flat_map(|bits| names(*bits)) {
            *self.undefined.entry(name).or_default() += 1;
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let skipped: u64 = self.skipped.values().sum();
        writeln!(
            f,
            "{:>12} programs, {skipped} of them skipped",
            self.compared + skipped
        )?;
        writeln!(f, "{:>12} instructions", self.instructions)?;
        let exits: u64 = self.exits.values().sum();
        writeln!(f, "{exits:>12} exits:")?;
        for (kind, count) in &self.exits {
            writeln!(f, "{count:>16} {kind}")?;
        }
        writeln!(
            f,
            "{:>12} flags undefined at exits, and not compared:",
            self.undefined.values().sum::<u64>()
        )?;
        for (flag, count) in &self.undefined {
            writeln!(f, "{count:>16} {flag}")?;
        }
        writeln!(f, "{skipped:>12} programs skipped:")?;
        for (skip, count) in &self.skipped {
            writeln!(f, "{count:>16} {skip}")?;
        }
        writeln!(
            f,
            "{:>12} runs on KVM that were not the same when repeated",
            self.by_chance
        )?;
        write!(f, "{:>12} differences", self.different)
    }
}
