// SPDX-License-Identifier: MIT OR Apache-2.0

//! Selects the lines of a kernel's log that say why the guest has ended.

use super::stacks::{self, readable};
use crate::workspace;

/// The beginning of a panic's message.
pub const PANIC: &str = "Kernel panic - not syncing: ";

/// The beginnings of the complaints that make the kernel panic.
const COMPLAINTS: [&str; 5] = [
    "BUG: ",
    "WARNING: ",
    "kernel BUG at ",
    "watchdog: BUG: ",
    "INFO: task ",
];

/// The beginning of the message when Rust code in the kernel panics.
const RUST_PANIC: &str = "rust_kernel: panicked at ";

/// The folder of the modules in Rust.
const MODULE: &str = "module";

/// The last line about the modules that the lab loads: the lines before it are the boot's.
const BOOTED: &str = "hiboma: registered /dev/hiboma";

/// What follows the trace: parts of it again, the other CPUs, and the end that all panics have.
const BEHIND: [&str; 4] = [
    "---[ end trace",
    "Sending NMI from CPU",
    "Kernel Offset: ",
    "sysrq: Show ",
];

/// What the kernel prints about its clocks, one second after its boot.
const CLOCKS: [&str; 2] = ["] clocksource: ", "] Clockevents: "];

/// The number of lines to show before a complaint, and from it on.
const BEFORE: usize = 5;
const LINES: usize = 60;

/// Returns each line that has a timestamp, and its message.
pub fn messages(log: &str) -> impl Iterator<Item = (&str, &str)> {
    log.lines()
        .filter_map(|line| Some((line, line.split_once("] ")?.1)))
}

/// Returns whether the message is a complaint that makes the kernel panic.
pub fn is_complaint(message: &str) -> bool {
    COMPLAINTS.iter().any(|it| message.starts_with(it))
}

/// Returns the place and the message of a panic of Rust code.
pub fn rust_panic(log: &str) -> Option<String> {
    let mut messages = messages(log).map(|(_, message)| message);
    let place = messages.find_map(|message| message.strip_prefix(RUST_PANIC))?;
    let message = messages.next().unwrap_or_default();
    Some(format!("panicked at {} {message}", from_root(place)))
}

/// Returns a place with its path from the checkout's root. Kbuild names a module's files by their paths in its
/// folder, and an exercise's files by their paths in the folder of all exercises.
fn from_root(place: &str) -> String {
    let root = workspace::root();
    let place = place.replace(&format!("{}/", root.display()), "");
    let file = place.split(':').next().unwrap_or_default();
    if file.starts_with("mine/") {
        return format!("userspace/exercises/{place}");
    }
    match root.join(MODULE).join(file).is_file() {
        true => format!("{MODULE}/{place}"),
        false => place,
    }
}

/// For a kernel that crashed: the lines before it complained; and the complaint with its trace.
pub fn of_crash(log: &str) -> [String; 2] {
    let lines: Vec<_> = log.lines().collect();
    let message = |line: &str| line.split_once("] ").map_or("", |it| it.1).to_owned();
    let is_begin = |line: &&str| {
        let message = message(line);
        message.starts_with(RUST_PANIC) || is_complaint(&message) || message.starts_with(PANIC)
    };
    let complaint = lines.iter().position(is_begin).unwrap_or(0);
    let booted = lines[..complaint]
        .iter()
        .rposition(|line| line.contains(BOOTED));
    let begin = booted
        .map_or(0, |it| it + 1)
        .max(complaint.saturating_sub(BEFORE));
    let is_behind = |line: &&str| BEHIND.iter().any(|it| message(line).starts_with(it));
    let end = lines[complaint..].iter().position(is_behind);
    let end = end.map_or(lines.len(), |end| complaint + end);
    let end = end.min(complaint + LINES);
    [cut(&lines[begin..complaint]), cut(&lines[complaint..end])]
}

/// For a guest that the lab stopped: the kernel's last lines, and where each CPU and blocked task was.
/// The panic itself is not shown: the lab has caused it to get these stacks.
pub fn of_stop(log: &str) -> String {
    let lines: Vec<_> = log.lines().collect();
    let is_stop = |line: &&str| line.contains(PANIC) || line.contains("] NMI: ");
    let stop = lines.iter().position(is_stop).unwrap_or(lines.len());
    let booted = lines[..stop].iter().rposition(|line| line.contains(BOOTED));
    let said = booted
        .map_or(stop, |booted| booted + 1)
        .max(stop.saturating_sub(BEFORE))..stop;
    let said = lines[said].iter().filter(|line| !is_about_clocks(line));
    let mut shown: Vec<String> = said.map(|&line| line.to_owned()).collect();
    let mut stacks = stacks::of(&lines[stop..]);
    // First the stacks with a module that is not the kernel's: somebody is working on that module.
    stacks.sort_by_key(|stack| stack.rank());
    for stack in stacks {
        shown.extend(stack.lines());
    }
    if shown.is_empty() {
        return of_end(log);
    }
    shown.join("\n")
}

/// For a guest that ended without giving a reason: its last lines.
pub fn of_end(log: &str) -> String {
    let lines: Vec<_> = log.lines().collect();
    cut(&lines[lines.len().saturating_sub(BEFORE)..])
}

/// Joins lines, in a readable form and without those about clocks.
fn cut(lines: &[&str]) -> String {
    let lines = lines.iter().filter(|line| !is_about_clocks(line));
    let shown = lines.map(|line| match line.split_once(RUST_PANIC) {
        Some((before, place)) => format!("{before}{RUST_PANIC}{}", from_root(place)),
        None => readable(line).into_owned(),
    });
    shown.collect::<Vec<_>>().join("\n")
}

fn is_about_clocks(line: &str) -> bool {
    CLOCKS.iter().any(|clock| line.contains(clock))
}

#[cfg(test)]
mod tests {
    use super::{of_crash, of_stop, rust_panic};

    const BOOT: &str = "[    0.1] Linux version 7.3\n[    1.2] hiboma: registered /dev/hiboma\n";

    #[test]
    fn of_a_crash_the_complaint_and_its_trace_are_shown() {
        let log = format!(
            "{BOOT}[    1.3] clocksource: Switched\n[    1.3] exercise: loaded\n[    1.4] BUG: no\n[    1.5] RIP: 0010:filp_flush\n\
             [    1.6] ---[ end trace 0 ]---\n[    1.7] RIP: again"
        );
        let before = "[    1.3] exercise: loaded";
        let crash = "[    1.4] BUG: no\n[    1.5] RIP: 0010:filp_flush";
        assert_eq!(of_crash(&log), [before, crash]);
        assert_eq!(of_crash("[    0.1] a panic"), ["", "[    0.1] a panic"]);
    }

    #[test]
    fn of_a_guest_that_was_stopped_the_module_s_stack_comes_first() {
        let log = format!(
            "{BOOT}[    1.9] clocksource: Switched to clocksource tsc\n\
             [    7.0] NMI: PCI system error (SERR) for reason ff on CPU 0.\n\
             [    7.0] Kernel panic - not syncing: NMI: Not continuing\n\
             [    7.0] CPU: 0 UID: 0 PID: 0 Comm: swapper/0 Not tainted\n\
             [    7.0]  <NMI>\n[    7.0]  vpanic+0xe1/0x2a1\n[    7.0]  </NMI>\n\
             [    7.0]  <TASK>\n[    7.0]  do_idle+0x99/0xe1\n[    7.0]  </TASK>\n\
             [    7.1] NMI backtrace for cpu 1\n\
             [    7.1] CPU: 1 UID: 0 PID: 37 Comm: calls Not tainted\n\
             [    7.1] RIP: 0010:ioctl+0x26/0x7c [exercise]\n[    7.1] Code: 24 a0\n\
             [    7.1]  <TASK>\n[    7.1]  ? stale+0x1/0x2\n[    7.1]  do_syscall_64+0x6e/0x1f5\n\
             [    7.1] RIP: 0033:0x7f9658f6fb9b\n[    7.1]  </TASK>\n"
        );
        let stop = "CPU 1, calls (pid 37):\n    ioctl+0x26/0x7c [exercise]\n    do_syscall_64+0x6e/0x1f5\n\
                    CPU 0: idle";
        assert_eq!(of_stop(&log), stop);
    }

    #[test]
    fn a_panic_of_rust_is_told_with_its_place_from_the_root() {
        let root = crate::workspace::root().display();
        let log = format!(
            "[    1.0] rust_kernel: panicked at {root}/module/vm.rs:1:2:\n[    1.0] no VM\n"
        );
        let told = "panicked at module/vm.rs:1:2: no VM";
        assert_eq!(rust_panic(&log).as_deref(), Some(told));
        for (place, from_root) in [
            ("vm.rs:1:2:", "module/vm.rs:1:2:"),
            (
                "mine/first/exercise.rs:1:2:",
                "userspace/exercises/mine/first/exercise.rs:1:2:",
            ),
            ("exercise.rs:1:2:", "exercise.rs:1:2:"),
        ] {
            let log = format!("[    1.0] rust_kernel: panicked at {place}");
            let told = format!("[    1.0] rust_kernel: panicked at {from_root}");
            assert_eq!(of_crash(&log), ["", &told]);
        }
    }
}
