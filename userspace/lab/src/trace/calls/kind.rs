// SPDX-License-Identifier: MIT OR Apache-2.0

//! Functions at which the kernel is entered, or at which it stops working for the command.

/// Switches from one task to another.
const SWITCH: &str = "__switch_to_asm";

/// The entry of a system call.
const SYSTEM_CALL: &str = "entry_SYSCALL_64";

/// The entry of an exception.
const EXCEPTIONS: &str = "asm_exc_";

/// The entries of interrupts: many begin in a stub, which continues in another of these.
const STUBS: [&str; 2] = ["irq_entries_start", "spurious_entries_start"];
const INTERRUPTS: [&str; 3] = [
    "asm_sysvec_",
    "asm_common_interrupt",
    "asm_spurious_interrupt",
];

/// Functions that are not counted: they work for another task, or look for one.
const ELSEWHERE: [&str; 4] = [
    "__schedule",
    "preempt_schedule",
    "handle_softirqs",
    "do_softirq",
];

/// What is special about a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Switches to another task.
    Switch,
    /// The first instructions of many interrupts.
    Stub,
    /// The entry of an exception.
    Exception,
    /// The entry of a system call or of an interrupt.
    Entry,
    /// Does not work for the command.
    Elsewhere,
}

/// Returns what is special about the function of this name, if anything.
pub fn kind(name: &str) -> Option<Kind> {
    let is_one_of = |names: &[&str]| names.iter().any(|it| name.starts_with(it));
    match name {
        SWITCH => Some(Kind::Switch),
        _ if STUBS.contains(&name) => Some(Kind::Stub),
        _ if name.starts_with(EXCEPTIONS) => Some(Kind::Exception),
        _ if name == SYSTEM_CALL || is_one_of(&INTERRUPTS) => Some(Kind::Entry),
        _ if is_one_of(&ELSEWHERE) => Some(Kind::Elsewhere),
        _ => None,
    }
}
