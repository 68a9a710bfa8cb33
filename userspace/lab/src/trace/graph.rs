// SPDX-License-Identifier: MIT OR Apache-2.0

//! Parses ftrace's function graph as a tree.

use std::collections::BTreeMap;

use anyhow::Result;
use regex::Regex;

use super::names::short;

/// A call of a function, and the calls that it made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The function; for Rust the short name.
    pub function: String,
    /// The module of the function, if it is in one.
    pub module: Option<String>,
    /// The errno that it returned, if its return value is one.
    pub errno: Option<i32>,
    pub calls: Vec<Call>,
    /// How often it was called in a row.
    pub times: usize,
    /// The instructions of all these calls and their callees, if they were counted.
    pub instructions: Option<u64>,
}

/// Functions that the kernel runs for something else: a device, a timer.
const INTERRUPTS: [&str; 12] = [
    "sysvec_",
    "asm_",
    "common_interrupt",
    "__common_interrupt",
    "irq_enter",
    "irq_exit",
    "__irq_exit",
    "handle_softirqs",
    "__do_softirq",
    // These run before or after the time in which the kernel considers itself in an interrupt.
    "idle_cpu",
    "raw_irqentry_",
    "__hrtimer_rearm_deferred",
];

/// The first function of a search for another task to run, and the last ones:
/// after a switch, or without one. Their caller, `__schedule`, must not be traced.
const SCHEDULE: &str = "rcu_note_context_switch";
const SCHEDULED: [&str; 2] = ["finish_task_switch", "__balance_callbacks"];

/// A line: the task, the depth as spaces, the function, its module, and the errno that it returned.
const LINE: &str = r"(?x)^\s* (?:\d+\)\s*)? (?<task>\S.*?-\d+) \s*\|\s(?<depth>\s*)
    (?: (?<function>[\w.$]+) (?:\s\[(?<module>\w+)\])? \(\) (?:;|\s\{) | \} )
    (?: .* ret=-(?<errno>\d+) )?";

/// Calls that have not returned, each with its depth. The trace may lack the beginning of some.
type Open = Vec<(usize, Call)>;

/// Returns the calls in a trace, in the order in which they were made.
pub fn parse(trace: &str) -> Result<Vec<Call>> {
    let line = Regex::new(LINE)?;
    let (mut calls, mut tasks) = (Vec::new(), BTreeMap::<_, Open>::new());
    for parts in trace.lines().filter_map(|text| line.captures(text)) {
        let open = tasks.entry(parts["task"].to_owned()).or_default();
        let depth = parts["depth"].len() / 2;
        let errno = parts.name("errno").and_then(|it| it.as_str().parse().ok());
        if let Some(function) = parts.name("function") {
            end_calls(open, depth, &mut calls);
            let call = Call {
                function: short(function.as_str()),
                module: parts.name("module").map(|it| it.as_str().to_owned()),
                errno,
                calls: Vec::new(),
                times: 1,
                instructions: None,
            };
            open.push((depth, call));
        } else {
            end_calls(open, depth + 1, &mut calls);
            if let Some((_, call)) = open.last_mut().filter(|(its, _)| *its == depth) {
                call.errno = errno;
            }
            end_calls(open, depth, &mut calls);
        }
    }
    // A process that is killed leaves calls that never returned.
    for mut open in tasks.into_values() {
        end_calls(&mut open, 0, &mut calls);
    }
    Ok(calls)
}

/// Ends the calls at this depth or deeper, and adds each to its caller.
fn end_calls(open: &mut Open, depth: usize, calls: &mut Vec<Call>) {
    while let Some((_, mut call)) = open.pop_if(|(its, _)| *its >= depth) {
        call.calls = without_schedule(call.calls);
        if !is_interrupt(&call.function) {
            let caller = open.last_mut().map(|(_, caller)| &mut caller.calls);
            caller.unwrap_or(&mut *calls).push(call);
        }
    }
}

/// Removes the calls that `__schedule` made.
fn without_schedule(calls: Vec<Call>) -> Vec<Call> {
    let mut kept: Vec<Call> = Vec::new();
    for call in calls {
        let is_end = SCHEDULED.iter().any(|end| call.function.starts_with(end));
        match kept.iter().rposition(|it| it.function == SCHEDULE) {
            Some(begin) if is_end => kept.truncate(begin),
            _ => kept.push(call),
        }
    }
    kept
}

fn is_interrupt(function: &str) -> bool {
    INTERRUPTS.iter().any(|begin| function.starts_with(begin))
}

impl Call {
    /// Returns whether it, or one of the calls that it made, is in a module.
    pub fn reaches_module(&self) -> bool {
        self.module.is_some() || self.calls.iter().any(Call::reaches_module)
    }

    /// Adds a call that [is like](Self::is_like) it.
    pub fn add(&mut self, other: &Call) {
        self.times += other.times;
        self.add_instructions(other);
    }

    fn add_instructions(&mut self, other: &Call) {
        let sum = self.instructions.zip(other.instructions);
        self.instructions = sum.map(|(one, other)| one + other);
        for (one, other) in self.calls.iter_mut().zip(&other.calls) {
            one.add_instructions(other);
        }
    }

    /// Returns whether the other call has the same function, errno and calls.
    pub fn is_like(&self, other: &Call) -> bool {
        let calls = || self.calls.iter().zip(&other.calls);
        self.function == other.function
            && self.errno == other.errno
            && self.calls.len() == other.calls.len()
            && calls().all(|(one, other)| one.is_like(other) && one.times == other.times)
    }
}

#[cfg(test)]
mod tests {
    use super::{Call, parse};

    fn call(function: &str, calls: Vec<Call>) -> Call {
        Call {
            function: function.into(),
            module: None,
            errno: None,
            calls,
            times: 1,
            instructions: None,
        }
    }

    #[test]
    fn a_trace_is_a_tree_for_each_task() {
        let trace = "\
# tracer: function_graph
   calls-39    | __x64_sys_ioctl() {
   calls-39    |   fdget();
   calls-40    | __x64_sys_close() {
   calls-39    |   _RNvMNtCs6BVXpWJQ74D_6hiboma2vmNtB2_2Vm5getfd [hiboma]() {
   calls-39    |     sysvec_apic_timer_interrupt() {
   calls-39    |       tick();
   calls-39    |     } /* sysvec_apic_timer_interrupt ret=0x0 */
   calls-39    |     fd_install(); /* ret=0x5 */
   calls-39    |   } /* _RNvMNtCs6BVXpWJQ74D_6hiboma2vmNtB2_2Vm5getfd [hiboma] ret=-14 */
   calls-40    | } /* __x64_sys_close ret=0x0 */
   calls-39    | } /* __x64_sys_ioctl ret=-22 */
";
        let calls = parse(trace).unwrap();
        assert_eq!(calls[0].function, "__x64_sys_close");
        let ioctl = &calls[1];
        assert_eq!(
            (ioctl.function.as_str(), ioctl.errno),
            ("__x64_sys_ioctl", Some(22))
        );
        assert_eq!(ioctl.calls[0], call("fdget", vec![]));
        let getfd = &ioctl.calls[1];
        assert_eq!(
            (getfd.function.as_str(), getfd.errno),
            ("Vm::getfd", Some(14))
        );
        assert_eq!(getfd.module.as_deref(), Some("hiboma"));
        assert_eq!(getfd.calls.len(), 1, "no interrupt");
        assert_eq!(getfd.calls[0].errno, None);
        assert!(ioctl.reaches_module() && !calls[0].reaches_module());
    }

    #[test]
    fn another_task_is_not_seen() {
        let trace = "\
   a-1 | __x64_sys_close() {
   a-1 |   dput();
   a-1 |   rcu_note_context_switch();
   a-1 |   pick_task_fair();
   a-1 |   finish_task_switch.isra.0();
   a-1 |   mntput();
   a-1 | }
";
        let functions = [call("dput", vec![]), call("mntput", vec![])];
        assert_eq!(parse(trace).unwrap()[0].calls, functions);
    }

    #[test]
    fn what_never_returned_is_there() {
        let calls = parse("   a-1 | b() {\n   a-1 |   c() {\n").unwrap();
        assert_eq!(calls, [call("b", vec![call("c", vec![])])]);
    }
}
