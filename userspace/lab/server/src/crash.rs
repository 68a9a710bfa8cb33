// SPDX-License-Identifier: MIT OR Apache-2.0

//! The reader's own code in the log of a guest that crashed or hung.

use anyhow::{Error, Result, bail};
use lab::guest::{Failure, Kind};
use lazy_regex::{Lazy, Regex, lazy_regex};
use serde::Serialize;

use crate::build::Names;
use crate::command::in_words;
use crate::events::Event;
use crate::page::Page;
use crate::seats::Seat;
use crate::sentence::{Sentence, sentence};

/// A module's function and its position: `hiboma::vm::ioctl+0x12/0x34 [hiboma] at module/vm.rs:12`.
static CALL: Lazy<Regex> =
    lazy_regex!(r"(\S+)\+0x[0-9a-f]+/0x[0-9a-f]+ \[\w+[^\]]*\] at ([^\s:]+):(\d+)");

/// An active call, by its position.
#[derive(Debug, PartialEq, Serialize)]
pub struct Frame {
    function: String,
    file: String,
    line: u32,
}

/// The last messages of a guest.
#[derive(Serialize)]
pub struct Words {
    /// The reason, as a sentence without its full stop.
    why: String,
    /// The kernel's messages before the report.
    before: String,
    /// The kernel's report, with the trace.
    log: String,
    /// The calls in the reader's own code.
    frames: Vec<Frame>,
}

/// Tells the page about a crash or hang of a guest. Other errors are returned unchanged.
pub fn tell(error: Error, seat: &Seat, page: &Page) -> Result<()> {
    let failure: Failure = error.downcast()?;
    match failure.kind {
        Kind::Crashed(_) => page.tell(Event::Crashed(Words::of(&failure, seat, page))),
        Kind::TimedOut(_) => page.tell(Event::Hung(Words::of(&failure, seat, page))),
        Kind::Left | Kind::Gone(_) => bail!(reason(&failure, page)),
    }
}

/// Returns the reason of a guest's failure, as a sentence without its full stop.
///
/// In the catalogs are sentence!("the guest went down by itself"), sentence!("the guest powered off"),
/// sentence!("the guest halted") and sentence!("the guest restarted").
pub fn reason(failure: &Failure, page: &Page) -> Sentence {
    match &failure.kind {
        Kind::Crashed(_) => sentence!("the kernel crashed"),
        Kind::TimedOut(limit) => {
            let limit = in_words(*limit, page);
            sentence!("it took more than {0}, so the lab stopped the guest", limit)
        }
        Kind::Gone(how) => sentence!(how),
        Kind::Left => sentence!("stopped"),
    }
}

/// Returns a text with the page's names for files.
pub fn shown(text: &str, seat: &Seat) -> String {
    Names::of(seat).shown(text)
}

impl Words {
    fn of(failure: &Failure, seat: &Seat, page: &Page) -> Self {
        let names = Names::of(seat);
        let [before, log] = failure.told(&names.folders());
        Words {
            why: page.say(&reason(failure, page)),
            before: names.shown(&before),
            frames: frames(&log, &names),
            log: names.shown(&log),
        }
    }
}

/// Returns the calls in a log that are in the reader's files, without duplicates, innermost first.
fn frames(log: &str, names: &Names) -> Vec<Frame> {
    let mut frames = Vec::new();
    for line in log.lines() {
        if let Some(found) = CALL.captures(line)
            && let Some(file) = names.file(&found[2])
        {
            let frame = Frame {
                function: found[1].trim_start_matches("0010:").to_owned(),
                file,
                line: found[3].parse().unwrap_or(1),
            };
            if !frames.contains(&frame) {
                frames.push(frame);
            }
        }
    }
    frames
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Frame, frames};
    use crate::build::Names;

    fn frame(function: &str, file: &str, line: u32) -> Frame {
        let (function, file) = (function.to_owned(), file.to_owned());
        Frame {
            function,
            file,
            line,
        }
    }

    #[test]
    fn calls_in_files_of_the_reader_s_are_told() {
        let log = "[    1.0] rust_kernel: panicked at module/vm.rs:7:9:\n\
                   [    1.1] RIP: 0010:hiboma::vm::ioctl+0x1/0x2 [hiboma] at /seat/source/module/vm.rs:8\n\
                   [    1.1]  hiboma::vm::ioctl+0x1/0x2 [hiboma] at /seat/source/module/vm.rs:8\n\
                   [    1.1]  kernel::miscdevice::ioctl+0x1/0x2 [hiboma] at /kernel/rust/miscdevice.rs:8\n\
                   [    1.1]  double+0x1/0x2 [exercise] at /seat/plain/userspace/exercises/mine/first/exercise.rs:9\n\
                   [    1.1]  __x64_sys_ioctl+0x1/0x2\n";
        let expected = [
            frame("hiboma::vm::ioctl", "module/vm.rs", 8),
            frame("double", "exercises/first/exercise.rs", 9),
        ];
        assert_eq!(frames(log, &Names::within(Path::new("/seat"))), expected);
    }
}
