// SPDX-License-Identifier: MIT OR Apache-2.0

use std::collections::HashMap;

use super::{Asked, Calls, Flow, Function, Instruction};
use crate::trace::graph::Call;
use crate::trace::show::show;

const SYMBOLS: [(u64, &str); 9] = [
    (0x100, "entry_SYSCALL_64"),
    (0x200, "ioctl"),
    (0x300, "alloc"),
    (0x400, "put"),
    (0x500, "__schedule"),
    (0x600, "__switch_to_asm"),
    (0x700, "asm_sysvec_apic_timer_interrupt"),
    (0x800, "asm_exc_page_fault"),
    (0x900, "fault"),
];

/// Returns the calls in instructions of two bytes each. At first, `command` is the only task.
fn calls(instructions: &[(u64, Flow)], switches: &[u32]) -> Vec<Call> {
    let function = |&(address, name): &(u64, &str)| Function {
        symbol: name.to_owned(),
        module: None,
        address,
    };
    let functions: Vec<_> = SYMBOLS.iter().map(function).collect();
    let names = ["ioctl", "alloc", "put", "fault"];
    let lines = functions.iter().filter(|it| names.contains(&&*it.symbol));
    let asked = Asked {
        lines: lines.map(|it| (it.address, it)).collect::<HashMap<_, _>>(),
        roots: ["ioctl".to_owned()].into(),
        depth: None,
    };
    let mut calls = Calls::new(asked, SYMBOLS.into_iter(), 7, switches.to_vec());
    for &(address, flow) in instructions {
        calls.add(Instruction {
            address,
            function: address & !0xff,
            flow,
        });
    }
    calls.end()
}

#[test]
fn a_call_counts_for_its_callers_and_a_jump_to_a_function_is_a_call() {
    let found = calls(
        &[
            (0x100, Flow::Call(0x102)),
            (0x200, Flow::Next),
            (0x202, Flow::Call(0x204)),
            (0x300, Flow::Next),
            (0x302, Flow::Jump),
            (0x400, Flow::Return),
            (0x204, Flow::Return),
            (0x102, Flow::Leave),
        ],
        &[],
    );
    assert_eq!(
        show(&found),
        "        6  ioctl\n        3    alloc\n        1      put\n"
    );
}

#[test]
fn interrupts_are_not_counted_and_exceptions_are() {
    let found = calls(
        &[
            (0x100, Flow::Call(0x102)),
            // Before the first instruction of the callee.
            (0x700, Flow::Next),
            (0x702, Flow::Leave),
            (0x200, Flow::Next),
            // Raises an exception, and is executed afterwards.
            (0x202, Flow::Next),
            (0x800, Flow::Call(0x802)),
            (0x900, Flow::Return),
            (0x802, Flow::Leave),
            (0x202, Flow::Next),
            (0x204, Flow::Return),
            (0x102, Flow::Leave),
        ],
        &[],
    );
    assert_eq!(show(&found), "        6  ioctl\n        1    fault\n");
}

#[test]
fn another_task_is_not_counted() {
    let found = calls(
        &[
            (0x100, Flow::Call(0x102)),
            (0x200, Flow::Call(0x202)),
            (0x500, Flow::Call(0x502)),
            // Task 9 starts, and switches back to the first.
            (0x600, Flow::Return),
            (0x400, Flow::Call(0x402)),
            (0x500, Flow::Call(0x502)),
            (0x600, Flow::Return),
            (0x502, Flow::Return),
            (0x202, Flow::Return),
            (0x102, Flow::Leave),
        ],
        &[9, 7],
    );
    assert_eq!(show(&found), "        2  ioctl\n");
}
