// SPDX-License-Identifier: MIT OR Apache-2.0

//! Cuts QEMU's log of instructions into system calls.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::column::program;
use super::counted::Counted;
use crate::guest::{Executed, Guest, Place};

/// How often an operation should be in a log.
const TIMES: u64 = 4;

/// Bytes for the beginning of a log, in which the guest's PID 1 passes on a printed line. If it does more than
/// that, the next size is tried.
const FIRST: [u64; 3] = [4 << 20, 16 << 20, 64 << 20];

/// The divisor for the tolerated difference in length: one hundredth of a system call.
const NEAR: usize = 100;

/// The number of bytes of a log line, for one instruction.
const LINE: u64 = 70;

/// Logs an operation several times, by its interface and its name.
pub fn visits(guest: &mut Guest, interface: &str, name: &str, counted: &Counted) -> Result<Visits> {
    let once = u64::from(counted.with) + u64::from(counted.without);
    let mut visits = Visits::default();
    for first in FIRST {
        let repeat = program(&[interface, "repeat", name]);
        visits = Visits::of(&guest.log_instructions(repeat, first + LINE * TIMES * once)?);
        if visits.has(counted.with) && visits.has(counted.without) {
            break;
        }
    }
    Ok(visits)
}

/// The instructions between one userspace instruction and the next.
pub type Visit = Vec<Place>;

/// The visits to the kernel in a log, one of each length.
#[derive(Default)]
pub struct Visits(BTreeMap<usize, Visit>);

impl Visits {
    /// Returns the visits of a log, without the first and the last, which are incomplete.
    pub fn of(log: &str) -> Visits {
        let mut executed = Executed::default();
        for line in log.lines() {
            executed.add(line);
        }
        let places = executed.0;
        let mut visits: Vec<_> = places.split(|it| *it == Place::Userspace).collect();
        visits.pop();
        let whole = visits.into_iter().skip(1);
        Visits(whole.map(|it| (it.len(), it.to_vec())).collect())
    }

    /// Returns the visit of a system call of this many instructions, `syscall` included. If there is none,
    /// returns the nearest one, if it is close: allocating pages can take another path here.
    pub fn long(&self, instructions: u32) -> Result<&Visit> {
        let in_kernel = instructions as usize - 1;
        let distance = |it: &(&usize, &Visit)| it.0.abs_diff(in_kernel);
        let nearest = self.0.iter().min_by_key(distance);
        let is_near = |it: &(&usize, &Visit)| distance(it) <= in_kernel / NEAR;
        let (_, visit) = nearest.filter(is_near).with_context(|| {
            format!("no system call in QEMU's log took {in_kernel} instructions in the kernel")
        })?;
        Ok(visit)
    }

    fn has(&self, instructions: u32) -> bool {
        instructions == 0 || self.0.contains_key(&(instructions as usize - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::Visits;

    #[test]
    fn a_visit_is_what_the_kernel_executes_between_two_instructions_of_userspace() {
        let line = |address: &str, mode: &str| {
            format!("Trace 0: 0x7f00 [00000000/{address}/{mode}/ff022201] \n")
        };
        let user = line("00007f0000001000", "0010c2b3");
        let kernel = line("ffffffff8124ce34", "0010c2b0");
        let stopped = "Stopped execution of TB chain before 0x7f00 [ffffffff8124ce34] \n";
        let log = [
            &kernel, &user, &kernel, stopped, &kernel, &kernel, &user, &user, &kernel,
        ];
        let log: String = log.into_iter().map(|line| line as &str).collect();
        let visits = Visits::of(&log);
        assert_eq!(visits.long(3).unwrap().len(), 2);
        assert!(visits.long(2).is_err());
    }
}
