// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Report`]: the results of many programs.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Sums, some of them by name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    /// Programs that were executed.
    pub programs: u64,
    /// For each op, how often it succeeded and failed on hiboma.
    pub ops: BTreeMap<String, [u64; 2]>,
    /// The ops whose outcomes were compared.
    pub compared: u64,
    /// The known differences that were seen.
    pub known: BTreeMap<String, u64>,
    /// Programs that differed once, but not again.
    pub by_chance: u64,
    /// Programs with an unknown difference, or that did not end.
    pub failures: u64,
}

impl Report {
    /// Adds another report.
    pub fn add(&mut self, other: &Report) {
        self.programs += other.programs;
        self.compared += other.compared;
        self.by_chance += other.by_chance;
        self.failures += other.failures;
        for (name, [done, failed]) in &other.ops {
            let sum = self.ops.entry(name.clone()).or_default();
            sum[0] += done;
            sum[1] += failed;
        }
        for (name, count) in &other.known {
            *self.known.entry(name.clone()).or_default() += count;
        }
    }

    /// Returns the number of ops executed on hiboma.
    pub fn calls(&self) -> u64 {
        self.ops.values().flatten().sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>12} programs", self.programs)?;
        writeln!(
            f,
            "{:>12} calls on /dev/hiboma: succeeded, failed",
            self.calls()
        )?;
        for (name, [done, failed]) in &self.ops {
            writeln!(f, "{done:>16} {failed:>9} {name}")?;
        }
        writeln!(f, "{:>12} calls compared with /dev/kvm", self.compared)?;
        writeln!(
            f,
            "{:>12} known differences:",
            self.known.values().sum::<u64>()
        )?;
        for (name, count) in &self.known {
            writeln!(f, "{count:>16} {name}")?;
        }
        writeln!(
            f,
            "{:>12} differences that were not seen again",
            self.by_chance
        )?;
        write!(f, "{:>12} failures", self.failures)
    }
}
