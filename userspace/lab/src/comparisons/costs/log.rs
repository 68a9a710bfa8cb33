// SPDX-License-Identifier: MIT OR Apache-2.0

//! QEMU's log of instructions, cut into system calls.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use lazy_regex::{Lazy, Regex, lazy_regex};

/// An instruction of the guest's:
/// `Trace 0: 0x7f7276c1ae40 [00000000/ffffffff8124ce34/10d0c2b0/ff022201] `, with its address and the CPU's
/// mode.
static INSTRUCTION: Lazy<Regex> =
    lazy_regex!(r"^Trace \d+: \S+ \[[0-9a-f]+/([0-9a-f]+)/([0-9a-f]+)/");

/// One that was logged but not executed, since QEMU had something else to do first. It comes again.
const NOT_EXECUTED: &str = "Stopped execution";

/// Of the mode: the privilege level, which is 3 in userspace.
const CPL: u32 = 3;

/// Of the mode: what runs is a guest of the guest.
const GUEST: u32 = 1 << 21;

/// Where an instruction is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a program.
    Userspace(u64),
    /// In the kernel.
    Kernel(u64),
    /// In a guest that the kernel runs.
    Guest,
}

/// What happened between one instruction of userspace and the next.
pub type Visit = Vec<Place>;

/// One visit of each length that is in a log.
pub struct Visits(BTreeMap<usize, Visit>);

impl Visits {
    /// Of a system call that takes that many instructions, `syscall` itself among them.
    pub fn of(&self, instructions: u32) -> Result<&Visit> {
        let in_kernel = instructions as usize - 1;
        self.0.get(&in_kernel).with_context(|| {
            format!("no system call in QEMU's log took {in_kernel} instructions in the kernel")
        })
    }
}

/// The visits to the kernel, without the last, which has no end, and the first, whose beginning is missing.
pub fn visits(log: &str) -> Visits {
    let mut places = Vec::new();
    for line in log.lines() {
        if line.starts_with(NOT_EXECUTED) {
            places.pop();
        }
        places.extend(place(line));
    }
    let is_userspace = |place: &Place| matches!(place, Place::Userspace(_));
    let mut visits: Vec<_> = places.split(is_userspace).collect();
    visits.pop();
    let whole = visits.into_iter().skip(1);
    Visits(whole.map(|visit| (visit.len(), visit.to_vec())).collect())
}

fn place(line: &str) -> Option<Place> {
    let found = INSTRUCTION.captures(line)?;
    let address = u64::from_str_radix(&found[1], 16).ok()?;
    let mode = u32::from_str_radix(&found[2], 16).ok()?;
    Some(match mode {
        _ if mode & GUEST != 0 => Place::Guest,
        _ if mode & CPL == CPL => Place::Userspace(address),
        _ => Place::Kernel(address),
    })
}

#[cfg(test)]
mod tests {
    use super::visits;

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
        let visits = visits(&log);
        assert_eq!(visits.of(3).unwrap().len(), 2);
        assert!(visits.of(2).is_err());
    }
}
