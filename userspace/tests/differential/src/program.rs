// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Program`]: a program to run on every machine.

use emulator::Cpu;
use iced_x86::Instruction;

use crate::mode::Mode;

/// A guest program and its initial state.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its origin.
    pub name: String,
    /// Its mode.
    pub mode: Mode,
    /// The instructions, in their order in memory.
    pub lines: Vec<Line>,
    /// The line at which the program ends, a `hlt`.
    pub end: Label,
    /// The initial registers. RIP is at the beginning of the code.
    pub cpu: Cpu,
    /// The seed of the values that the program reads from ports and devices.
    pub answers: u64,
    /// Whether all of it is intended, even undefined instructions.
    pub by_hand: bool,
    /// The least number of executed instructions, if no interpreter counts them.
    pub instructions: u64,
}

/// A line's identity, which stays the same when others are removed.
pub type Label = u16;

/// An instruction that others can refer to.
#[derive(Clone, Debug)]
pub struct Line {
    /// The label of the line.
    pub label: Label,
    /// The instruction, without the value that refers to another line.
    pub instruction: Instruction,
    /// Its reference.
    pub reference: Reference,
}

/// An instruction's dependence on the position of another line.
/// If that line was removed, the next remaining one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    /// No dependence.
    None,
    /// A branch to that line. If it is far, the instruction has its own selector.
    Branch(Label),
    /// Its immediate value is the offset of that line.
    Offset(Label),
    /// Its immediate value is that line's length.
    Length(Label),
}

impl Program {
    /// Returns the position of a line, or of the next remaining one.
    pub fn position(&self, label: Label) -> usize {
        // Labels are assigned in the order of the lines.
        self.lines.partition_point(|line| line.label < label)
    }
}
