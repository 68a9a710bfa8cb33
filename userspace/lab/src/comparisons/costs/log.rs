// SPDX-License-Identifier: MIT OR Apache-2.0

//! QEMU's log of instructions, cut into system calls.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::column::program;
use super::counted::Counted;
use crate::guest::{Executed, Guest, Place};

/// How often a thing is to be in a log.
const TIMES: u64 = 4;

/// Bytes at the beginning of a log, in which the guest's PID 1 passes on a line that was printed. Where it does
/// more, the next of them is tried.
const FIRST: [u64; 3] = [4 << 20, 16 << 20, 64 << 20];

/// The part of a system call that is near: a hundredth.
const NEAR: usize = 100;

/// How many bytes of log an instruction takes.
const LINE: u64 = 70;

/// Logs what an interface of the program's does under this name, a few times.
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

/// What happened between one instruction of userspace and the next.
pub type Visit = Vec<Place>;

/// One visit to the kernel of each length that is in a log.
#[derive(Default)]
pub struct Visits(BTreeMap<usize, Visit>);

impl Visits {
    /// Those of a log, without the last, which has no end, and the first, whose beginning is missing.
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

    /// That of a system call which takes that many instructions, `syscall` itself among them. Where there is none,
    /// the one that is nearest, if it is near: what allocates pages may take another path here.
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
