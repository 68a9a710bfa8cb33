// SPDX-License-Identifier: MIT OR Apache-2.0

//! The functions at which the kernel begins something, or leaves the command.

/// Where the kernel goes from one task to another.
const SWITCH: &str = "__switch_to_asm";

/// Where a system call begins.
const SYSTEM_CALL: &str = "entry_SYSCALL_64";

/// Where an exception begins.
const EXCEPTIONS: &str = "asm_exc_";

/// Where an interrupt begins: many in a stub, which goes on in another of these.
const STUBS: [&str; 2] = ["irq_entries_start", "spurious_entries_start"];
const INTERRUPTS: [&str; 3] = [
    "asm_sysvec_",
    "asm_common_interrupt",
    "asm_spurious_interrupt",
];

/// What is not counted: it does something for another task, or looks for one.
const ELSEWHERE: [&str; 4] = [
    "__schedule",
    "preempt_schedule",
    "handle_softirqs",
    "do_softirq",
];

/// What is special about a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The change to another task.
    Switch,
    /// The first instructions of many interrupts.
    Stub,
    /// The begin of an exception.
    Exception,
    /// The begin of a system call or of an interrupt.
    Entry,
    /// What is not the command's.
    Elsewhere,
}

/// What is special about the function of this name.
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
