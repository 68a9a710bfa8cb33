// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Difference`]: the first difference between two runs of a program.

use std::fmt;

use emulator::Cpu;

use crate::exit::Exit;
use crate::memory_map::{PAGE, page_names};
use crate::run::Run;

/// A difference between two machines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The names of the two machines.
    pub machines: [String; 2],
    /// The exit at which they differ, or the end.
    pub when: String,
    /// Each differing value: its name, and its values on both machines.
    pub what: Vec<(String, [String; 2])>,
}

const REGISTERS: [&str; 16] = [
    "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "r8", "r9", "r10", "r11", "r12", "r13",
    "r14", "r15",
];

const SEGMENTS: [&str; 6] = ["es", "cs", "ss", "ds", "fs", "gs"];

/// The maximum number of memory bytes that are listed.
const BYTES: usize = 16;

impl Difference {
    /// Compares two runs and the memories that they left. `undefined`
    /// contains the flags that are undefined at each exit.
    pub fn between(
        machines: [&str; 2],
        runs: [&Run; 2],
        memories: [&[u8]; 2],
        undefined: &[u64],
    ) -> Option<Difference> {
        let difference = |when, what| Difference {
            machines: machines.map(str::to_owned),
            when,
            what,
        };
        for (index, mask) in undefined.iter().enumerate() {
            let [one, other] = runs.map(|run| run.exits.get(index));
            let (Some((exit, cpu)), Some((other_exit, other_cpu))) = (one, other) else {
                let exits = runs.map(|run| run.exits.len().to_string());
                let what = vec![("exits".to_owned(), exits)];
                return Some(difference("in the end".to_owned(), what));
            };
            let mut what = Vec::new();
            if exit != other_exit {
                what.push(("exit".to_owned(), [exit, other_exit].map(Exit::to_string)));
            }
            if *cpu != *other_cpu {
                registers([cpu, other_cpu], !mask, &mut what);
            }
            if !what.is_empty() {
                return Some(difference(format!("at exit {index} ({exit})"), what));
            }
        }
        let mut what = Vec::new();
        if runs[0].end != runs[1].end {
            let mask = undefined.last().map_or(u64::MAX, |undefined| !undefined);
            registers(runs.map(|run| &run.end), mask, &mut what);
            hidden(runs.map(|run| &run.end), &mut what);
        }
        let [one, other] = runs.map(|run| &run.system);
        for ((name, value), (_, other)) in one.iter().zip(other) {
            put(&mut what, name, [*value, *other]);
        }
        if memories[0] != memories[1] {
            memory(memories, &mut what);
        }
        (!what.is_empty()).then(|| difference("in the end".to_owned(), what))
    }
}

impl Difference {
    /// Returns whether the same value differs first, so that shrinking keeps the difference.
    pub fn is_like(&self, other: &Difference) -> bool {
        let first = |it: &Difference| it.what.first().map(|(name, _)| name.clone());
        first(self) == first(other)
    }
}

type What = Vec<(String, [String; 2])>;

fn put(what: &mut What, name: impl Into<String>, values: [u64; 2]) {
    if values[0] != values[1] {
        what.push((name.into(), values.map(|value| format!("{value:#x}"))));
    }
}

/// Compares the registers that every exit shows.
fn registers(cpus: [&Cpu; 2], flags: u64, what: &mut What) {
    for (index, name) in REGISTERS.iter().enumerate() {
        put(what, *name, cpus.map(|cpu| cpu.regs[index]));
    }
    put(what, "ip", cpus.map(|cpu| cpu.rip));
    put(what, "flags", cpus.map(|cpu| cpu.rflags & flags));
}

/// Compares the other registers.
fn hidden(cpus: [&Cpu; 2], what: &mut What) {
    for (index, name) in SEGMENTS.iter().enumerate() {
        let segments = cpus.map(|cpu| cpu.segments[index]);
        put(what, *name, segments.map(|segment| segment.selector.into()));
        put(
            what,
            format!("{name}'s base"),
            segments.map(|segment| segment.base.into()),
        );
        put(
            what,
            format!("{name}'s limit"),
            segments.map(|segment| segment.limit.into()),
        );
        put(
            what,
            format!("{name}'s db"),
            segments.map(|segment| segment.db.into()),
        );
    }
    for (name, tables) in [
        ("gdt", cpus.map(|cpu| cpu.gdt)),
        ("idt", cpus.map(|cpu| cpu.idt)),
    ] {
        put(
            what,
            format!("{name}'s base"),
            tables.map(|table| table.base.into()),
        );
        put(
            what,
            format!("{name}'s limit"),
            tables.map(|table| table.limit.into()),
        );
    }
    put(what, "cr0", cpus.map(|cpu| cpu.cr0));
}

fn memory(memories: [&[u8]; 2], what: &mut What) {
    let differing = (0..memories[0].len()).filter(|&at| memories[0][at] != memories[1][at]);
    for at in differing.take(BYTES) {
        let name = format!("memory, {}+{:#x}", page_names(at / PAGE), at % PAGE);
        put(what, name, memories.map(|memory| memory[at].into()));
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [one, other] = &self.machines;
        writeln!(f, "{one} and {other} differ {}:", self.when)?;
        for (name, [first, second]) in &self.what {
            writeln!(f, "  {name}: {first} and {second}")?;
        }
        Ok(())
    }
}
