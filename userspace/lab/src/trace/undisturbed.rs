// SPDX-License-Identifier: MIT OR Apache-2.0

//! Shows `KVM_RUN` as if the host had nothing else to do meanwhile.
//!
//! KVM's guest exits for the host's interrupts, and is entered again. hiboma's interpreter pauses between
//! two instructions if there is other work for the task. How often is chance, so it is not shown.

use super::graph::Call;

/// KVM enters the guest, and handles an exit. For some roots the graph has only the inner function.
const ENTRY: &str = "svm_vcpu_run";
const EXITS: [&str; 2] = ["svm_handle_exit", "svm_invoke_exit_handler"];

/// The exit for an interrupt of the host, which has been handled by then.
const INTERRUPT: &str = "intr_interception";

/// hiboma executes instructions, and does the host's work between them.
const INSTRUCTIONS: &str = "State::emulate_instruction";
const LOOP: &str = "Cpu::run";
const WORK: &str = "xfer_to_guest_mode_handle_work";

/// Returns the calls, with interrupted runs of the guest merged into one.
pub fn undisturbed(mut calls: Vec<Call>) -> Vec<Call> {
    while let Some((left, entered)) = interrupt(&calls) {
        calls.drain(left..=entered);
    }
    let mut kept: Vec<Call> = Vec::new();
    for call in calls {
        match &mut kept[..] {
            [.., before, work] if is_round(before, work, &call) => {
                go_on(before, call);
                kept.pop();
            }
            _ => kept.push(call),
        }
    }
    kept
}

/// Returns the index after the entry that such an interrupt ended, and that of the next entry.
fn interrupt(calls: &[Call]) -> Option<(usize, usize)> {
    let exit = calls.iter().position(is_for_interrupt)?;
    let is_entry = |call: &Call| call.function == ENTRY;
    let left = calls[..exit].iter().rposition(is_entry)? + 1;
    let entered = exit + calls[exit..].iter().position(is_entry)?;
    Some((left, entered))
}

fn is_for_interrupt(call: &Call) -> bool {
    let is_exit = EXITS.contains(&&*call.function);
    is_exit
        && matches!(&call.calls[..], [inner] if inner.function == INTERRUPT || is_for_interrupt(inner))
}

/// Returns whether these calls show that the interpreter paused for other work.
fn is_round(before: &Call, work: &Call, after: &Call) -> bool {
    work.function == WORK && [before, after].iter().all(|it| it.function == INSTRUCTIONS)
}

/// Merges two calls into the one that it would have been without the pause.
fn go_on(before: &mut Call, after: Call) {
    for call in after.calls {
        match before.calls.last_mut() {
            Some(last) if last.function == call.function && call.function == LOOP => {
                go_on(last, call);
            }
            _ => before.calls.push(call),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::undisturbed;
    use crate::trace::graph::Call;

    fn call(function: &str, calls: Vec<Call>) -> Call {
        Call {
            function: function.into(),
            module: None,
            errno: None,
            calls,
            instructions: None,
            times: 1,
        }
    }

    fn calls(functions: &str) -> Vec<Call> {
        let functions = functions.split_whitespace();
        functions.map(|it| call(it, Vec::new())).collect()
    }

    #[test]
    fn an_exit_for_an_interrupt_is_left_out() {
        let round = |exit: &str| {
            let handler = call("svm_invoke_exit_handler", calls(exit));
            let exit = call("svm_handle_exit", vec![handler]);
            [calls("svm_vcpu_run kvm_read_l1_tsc"), vec![exit]].concat()
        };
        let [interrupted, faulted] = ["intr_interception", "npf_interception"].map(round);
        let [i, f] = [&interrupted[..], &faulted];
        assert_eq!(undisturbed([i, i, f, i, f].concat()), [f, f].concat());
        // The program has a pending signal, so this exit is the last.
        assert_eq!(undisturbed([f, i].concat()), [f, i].concat());
    }

    #[test]
    fn instructions_go_on_after_other_work() {
        let round = |functions: &str| {
            let run = call("Cpu::run", calls(functions));
            let instructions = call("State::emulate_instruction", vec![run]);
            [calls("xfer_to_guest_mode_handle_work"), vec![instructions]].concat()
        };
        let run = [round("look_up decode"), round("decode"), round("out")].concat();
        assert_eq!(undisturbed(run), round("look_up decode decode out"));
    }
}
