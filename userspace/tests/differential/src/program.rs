// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Program`]: what is run on every machine.

use emulator::Cpu;
use iced_x86::Instruction;

use crate::mode::Mode;

/// A guest program, and what it finds when it starts.
#[derive(Clone, Debug)]
pub struct Program {
    /// Where it comes from.
    pub name: String,
    /// The mode that it is for.
    pub mode: Mode,
    /// The instructions, in their order in memory.
    pub lines: Vec<Line>,
    /// The line at which the program has ended, a `hlt`.
    pub end: Label,
    /// The registers. RIP is where the code begins.
    pub cpu: Cpu,
    /// Decides what the program reads from ports and devices.
    pub answers: u64,
    /// Whether all that is in it is meant, be it no instruction.
    pub by_hand: bool,
    /// How many instructions are executed whatever the others do, if no interpreter counts them.
    pub instructions: u64,
}

/// A line's name, which it keeps when others are taken out.
pub type Label = u16;

/// An instruction that others can refer to.
#[derive(Clone, Debug)]
pub struct Line {
    /// The line's name.
    pub label: Label,
    /// The instruction, but for what refers to another.
    pub instruction: Instruction,
    /// What it refers to.
    pub reference: Reference,
}

/// How an instruction depends on where another one is. A line that is not there any more is the
/// next one that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    /// Not at all.
    None,
    /// It is a branch to that line. If far, the selector is the instruction's own.
    Branch(Label),
    /// Its immediate value is the offset of that line.
    Offset(Label),
    /// Its immediate value is that line's length.
    Length(Label),
}

impl Program {
    /// The position of a line, or of the next one that is there.
    pub fn position(&self, label: Label) -> usize {
        // Labels are given out in the order of the lines.
        self.lines.partition_point(|line| line.label < label)
    }
}
