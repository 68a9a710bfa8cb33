// SPDX-License-Identifier: MIT OR Apache-2.0

use std::iter::repeat_with;

use crate::program::on_all;

/// No call fails any more.
#[test]
fn no_call_fails() {
    on_all("", |ran| {
        ran.succeeds(
            "Is it the same function as before that returns the errno? `cargo lab trace` shows it, as the \
             task says.",
        );
    });
}

/// Each number that is a queue's rings the doorbell of that queue, and is no exit.
#[test]
fn each_queue_has_its_own_doorbell() {
    let numbers: Vec<u8> = repeat_with(|| fastrand::u8(0..2))
        .take(fastrand::usize(5..20))
        .collect();
    let rung = |queue| numbers.iter().filter(|number| **number == queue).count();
    let wanted = [0, 1].map(|queue| format!("queue {queue}: rung {} times", rung(queue)));
    on_all(&lines(&numbers), |ran| {
        let look = "DATAMATCH has the VM compare what the guest writes with the queue's number. And a doorbell \
                    counts: reading it says how often it was rung.";
        ran.succeeds(look);
        assert!(
            ran.output.lines().eq(&wanted),
            "{}{}\nIt should print\n  {}\n{look}",
            ran.call,
            ran.said(),
            wanted.join("\n  "),
        );
    });
}

/// Every other number is left to the program, as an exit.
#[test]
fn a_number_without_a_queue_is_an_exit() {
    let number = fastrand::u8(2..);
    on_all(&lines(&[number]), |ran| {
        let look = "A doorbell should be rung by its own queue's number only.";
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
