// SPDX-License-Identifier: MIT OR Apache-2.0

//! The number of instructions that each function executes.

use anyhow::Result;

use super::counted::Counted;
use super::log::{Visit, Visits};
use super::symbols::{Symbol, Symbols};
use crate::guest::Place;

/// The functions that run for an operation, in the order of their first instructions.
/// Each has only its own instructions: its callees have their own rows.
pub struct Functions(pub Vec<(Symbol, f64)>);

impl Functions {
    /// Returns the functions of an operation. Their instructions add up to `counted`.
    pub fn of(counted: &Counted, visits: &Visits, symbols: &Symbols) -> Result<Functions> {
        let mut functions = Functions(Vec::new());
        let share = 1.0 / f64::from(counted.times);
        functions.add(visits.long(counted.with)?, share, symbols);
        if counted.without > 0 {
            functions.add(visits.long(counted.without)?, -share, symbols);
        } else {
            // The only instruction of userspace that is counted.
            functions.0.insert(0, (Symbol::named("syscall"), 1.0));
        }
        functions.0.retain(|(_, count)| count.abs() > 0.001);
        Ok(functions)
    }

    fn add(&mut self, visit: &Visit, share: f64, symbols: &Symbols) {
        for place in visit {
            let symbol = match place {
                Place::Kernel(address) => symbols.at(*address),
                Place::Guest | Place::Userspace => Symbol::guest(),
            };
            match self.0.iter_mut().find(|(it, _)| *it == symbol) {
                Some((_, count)) => *count += share,
                None => self.0.push((symbol, share)),
            }
        }
    }

    /// Returns the instructions of all functions that satisfy a condition.
    pub fn sum(&self, is_meant: impl Fn(&Symbol) -> bool) -> f64 {
        let meant = self.0.iter().filter(|(symbol, _)| is_meant(symbol));
        meant.map(|(_, count)| count).sum()
    }
}
