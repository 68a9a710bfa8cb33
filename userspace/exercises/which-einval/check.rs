// SPDX-License-Identifier: MIT OR Apache-2.0

use std::iter::repeat_with;

use crate::program::on_all;

/// No call fails any more.
#[test]
fn no_call_fails() {
    on_all("", |ran| {
        ran.succeeds(
            "Does the same function as before return the errno? `cargo lab trace` shows it: the \
             task has the command.",
        );
    });
}

/// Writing a queue's number rings the doorbell of that queue, and causes no exit.
#[test]
fn each_queue_has_its_own_doorbell() {
    let numbers: Vec<u8> = repeat_with(|| fastrand::u8(0..2))
        .take(fastrand::usize(5..20))
        .collect();
    let rung = |queue| numbers.iter().filter(|number| **number == queue).count();
    let wanted = [0, 1].map(|queue| format!("queue {queue}: rung {} times", rung(queue)));
    on_all(&lines(&numbers), |ran| {
        let look = "With DATAMATCH, the VM compares what the guest writes with the queue's \
                    number. A doorbell also counts: reading it returns how often it was rung.";
        ran.succeeds(look);
        assert!(
            ran.output.lines().eq(&wanted),
            "{}{}\nExpected:\n  {}\n{look}",
            ran.call,
            ran.said(),
            wanted.join("\n  "),
        );
    });
}

/// Writing any other number causes an exit.
#[test]
fn a_number_without_a_queue_is_an_exit() {
    let number = fastrand::u8(2..);
    on_all(&lines(&[number]), |ran| {
        let look = "Only the number of a doorbell's own queue may ring it.";
        ran.succeeds(look);
        for line in [
            format!("port 0x10: {number}"),
            "queue 0: rung 0 times".to_owned(),
            "queue 1: rung 0 times".to_owned(),
        ] {
            ran.prints(&line, look);
        }
    });
}

fn lines(numbers: &[u8]) -> String {
    numbers.iter().map(|number| format!("{number}\n")).collect()
}
