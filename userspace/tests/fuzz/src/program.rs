// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Program`]: a list of ops, and its text form.

use std::fmt;

use anyhow::{Context, Result, ensure};

use crate::ops::{Op, Process};
use crate::trace::OPS;
use crate::value::THREADS;

/// An op, and the thread that executes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The thread's number.
    pub thread: usize,
    /// The op.
    pub op: Op,
}

/// The ops of all threads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program(pub Vec<Line>);

impl Program {
    /// Parses the output of `Display`. Empty lines and those that begin with `#` are ignored.
    pub fn parse(text: &str) -> Result<Program> {
        let lines = text.lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let lines: Vec<_> = lines
            .map(|line| parse_line(line).with_context(|| format!("not an op: {line}")))
            .collect::<Result<_>>()?;
        ensure!(lines.len() <= OPS, "a program has at most {OPS} ops");
        Ok(Program(lines))
    }

    /// Returns only the ops with these numbers.
    pub fn keep(&self, numbers: &[usize]) -> Program {
        let lines = numbers.iter().filter_map(|number| self.0.get(*number));
        Program(lines.cloned().collect())
    }

    /// Returns the number of the op that starts the other threads.
    pub fn threads(&self) -> usize {
        let begin = |line: &Line| line.op == Op::Process(Process::Threads);
        self.0.iter().position(begin).unwrap_or(self.0.len())
    }
}

fn parse_line(line: &str) -> Result<Line> {
    let (thread, op) = line.split_once(' ').context("THREAD OP")?;
    let thread = thread.parse()?;
    ensure!(
        thread < THREADS,
        "threads are numbered 0 to {}",
        THREADS - 1
    );
    Ok(Line {
        thread,
        op: ron::from_str(op)?,
    })
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let op = ron::to_string(&self.op).map_err(|_| fmt::Error)?;
        write!(f, "{} {op}", self.thread)
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
