// SPDX-License-Identifier: MIT OR Apache-2.0

//! Finds the calls in a log of the kernel's instructions, and counts the instructions of each.

mod kind;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::mem;

use super::code::Flow;
use super::functions::Function;
use super::graph::Call;
use super::names::short;
use kind::{Kind, kind};

/// An instruction with its function, and its effect on what follows.
#[derive(Clone, Copy, Debug)]
pub struct Instruction {
    pub address: u64,
    /// The beginning of its function.
    pub function: u64,
    pub flow: Flow,
}

/// The calls to look for.
pub struct Asked<'a> {
    /// The functions that are shown, by their beginnings.
    pub lines: HashMap<u64, &'a Function>,
    /// The symbols of the functions at which a graph begins.
    pub roots: HashSet<String>,
    /// The maximum depth of nested lines.
    pub depth: Option<u32>,
}

/// Finds calls, instruction by instruction.
pub struct Calls<'a> {
    asked: Asked<'a>,
    /// The special functions, by their beginnings.
    kinds: HashMap<u64, Kind>,
    /// The processes that the kernel switches to, in order, and the first process of the command.
    switches: std::vec::IntoIter<u32>,
    command: u32,
    running: u32,
    task: Task,
    others: HashMap<u32, Task>,
    calls: Vec<Call>,
}

/// The calls of a task that have not returned.
#[derive(Default)]
struct Task {
    frames: Vec<Frame>,
    /// The last instruction that it executed, if the next one depends on it.
    last: Option<Instruction>,
}

struct Frame {
    function: u64,
    /// The address that it returns to; `None` at an entry to the kernel.
    returns_to: Option<u64>,
    begin: Begin,
    /// Whether its instructions, and those of its callees, count for its caller.
    is_counted: bool,
    is_line: bool,
    /// How many lines enclose it, itself included.
    depth: u32,
    instructions: u64,
    calls: Vec<Call>,
}

/// How a function was entered.
#[derive(Clone, Copy, Debug)]
enum Begin {
    Called,
    /// By a jump at the end of its caller (a tail call): both return at once.
    Jumped,
    /// An entry to the kernel, after this last instruction.
    Entered(Option<Instruction>),
}

impl<'a> Calls<'a> {
    /// `symbols` are all functions; `command` runs first, and then each of `switches`.
    pub fn new<'s>(
        asked: Asked<'a>,
        symbols: impl Iterator<Item = (u64, &'s str)>,
        command: u32,
        switches: Vec<u32>,
    ) -> Self {
        let kinds = symbols.filter_map(|(begin, name)| Some((begin, kind(name)?)));
        Calls {
            asked,
            kinds: kinds.collect(),
            switches: switches.into_iter(),
            command,
            running: command,
            task: Task::default(),
            others: HashMap::new(),
            calls: Vec::new(),
        }
    }

    /// Handles the next instruction.
    pub fn add(&mut self, now: Instruction) {
        if let Some(last) = self.task.last
            && last.flow == Flow::Leave
        {
            self.leave();
        }
        let last = self.task.last;
        let kind = self.kinds.get(&now.function).copied();
        if self.enters(kind, now) {
            self.enter(kind, now);
        } else if let Some(last) = last {
            self.go(last, now, kind);
        }
        if let Some(frame) = self.task.frames.last_mut() {
            frame.instructions += 1;
        }
        self.task.last = Some(now);
    }

    /// Returns all calls, including those that have not returned.
    pub fn end(mut self) -> Vec<Call> {
        let tasks = mem::take(&mut self.others);
        for task in [mem::take(&mut self.task)]
            .into_iter()
            .chain(tasks.into_values())
        {
            self.task = task;
            self.unwind(0);
        }
        self.calls
    }

    /// Returns whether the kernel is entered here, so that the last instruction does not lead here.
    fn enters(&self, kind: Option<Kind>, now: Instruction) -> bool {
        let last = self.task.last.map(|it| it.function);
        let is_from_stub = last.and_then(|it| self.kinds.get(&it)) == Some(&Kind::Stub);
        match kind {
            Some(Kind::Stub) => !is_from_stub,
            Some(Kind::Exception | Kind::Entry) => now.address == now.function && !is_from_stub,
            _ => false,
        }
    }

    fn enter(&mut self, kind: Option<Kind>, now: Instruction) {
        let mut before = self.task.last;
        let is_exception = kind == Some(Kind::Exception);
        if is_exception {
            // The instruction that raised it was not executed: it comes again, or is replaced.
            if let Some(frame) = self.task.frames.last_mut() {
                frame.instructions -= 1;
            }
            before = None;
        }
        self.begin(now.function, None, Begin::Entered(before), is_exception);
    }

    /// Handles the step from one instruction to the next.
    fn go(&mut self, last: Instruction, now: Instruction, kind: Option<Kind>) {
        let is_begin = now.address == now.function;
        match last.flow {
            Flow::Call(_) if kind == Some(Kind::Switch) => self.switch(),
            Flow::Call(returns_to) => {
                let is_counted = kind != Some(Kind::Elsewhere);
                self.begin(now.function, Some(returns_to), Begin::Called, is_counted);
            }
            Flow::Return => self.end_call(now.address),
            Flow::Jump if is_begin && now.function != last.function => {
                let returns_to = self.task.frames.last().and_then(|it| it.returns_to);
                let is_counted = kind != Some(Kind::Elsewhere);
                self.begin(now.function, returns_to, Begin::Jumped, is_counted);
            }
            Flow::Jump | Flow::Next | Flow::Leave => {}
        }
    }

    fn begin(&mut self, function: u64, returns_to: Option<u64>, begin: Begin, is_counted: bool) {
        let caller = self.task.frames.last();
        let depth = caller.map_or(0, |it| it.depth);
        // Lines need a known entry to the kernel, and no frame that works for another task.
        let of_command = self.running >= self.command
            && (self.task.frames.first()).is_some_and(|it| matches!(it.begin, Begin::Entered(_)))
            && self.task.frames.iter().skip(1).all(|it| it.is_counted);
        let line = self.asked.lines.get(&function);
        let is_line = of_command
            && is_counted
            && self.asked.depth.is_none_or(|most| depth < most)
            && line.is_some_and(|it| depth > 0 || self.asked.roots.contains(&it.symbol));
        self.task.frames.push(Frame {
            function,
            returns_to,
            begin,
            is_counted,
            is_line,
            depth: depth + u32::from(is_line),
            instructions: 0,
            calls: Vec::new(),
        });
    }

    /// Ends the call that returns to this address, and everything that it called.
    fn end_call(&mut self, address: u64) {
        let frames = &self.task.frames;
        let returns = |it: &Frame| it.returns_to == Some(address);
        let entered = frames
            .iter()
            .rposition(|it| matches!(it.begin, Begin::Entered(_)));
        let Some(mut index) = frames
            .iter()
            .rposition(returns)
            .filter(|it| Some(*it) > entered)
        else {
            return;
        };
        while matches!(frames[index].begin, Begin::Jumped) && index > 0 {
            index -= 1;
        }
        self.unwind(index);
    }

    /// Ends a system call, an interrupt or an exception.
    fn leave(&mut self) {
        let frames = &self.task.frames;
        let entered = frames
            .iter()
            .rposition(|it| matches!(it.begin, Begin::Entered(_)));
        let index = entered.unwrap_or(0);
        let last = match frames.get(index).map(|it| it.begin) {
            Some(Begin::Entered(last)) => last,
            _ => None,
        };
        self.unwind(index);
        self.task.last = last;
    }

    fn switch(&mut self) {
        self.task.last = None;
        let Some(next) = self.switches.next() else {
            return;
        };
        let task = self.others.remove(&next).unwrap_or_default();
        let before = mem::replace(&mut self.task, task);
        self.others
            .insert(mem::replace(&mut self.running, next), before);
    }

    /// Ends frames until only `left` are left.
    fn unwind(&mut self, left: usize) {
        while self.task.frames.len() > left
            && let Some(frame) = self.task.frames.pop()
        {
            let calls = match self.asked.lines.get(&frame.function) {
                Some(function) if frame.is_line => vec![Call {
                    function: short(&function.symbol),
                    module: function.module.clone(),
                    errno: None,
                    calls: frame.calls,
                    times: 1,
                    instructions: Some(frame.instructions),
                }],
                _ => frame.calls,
            };
            match self.task.frames.last_mut() {
                Some(caller) if frame.depth > u32::from(frame.is_line) => {
                    caller.calls.extend(calls);
                }
                _ => self.calls.extend(calls),
            }
            if let Some(caller) = self.task.frames.last_mut()
                && frame.is_counted
            {
                caller.instructions += frame.instructions;
            }
        }
    }
}
