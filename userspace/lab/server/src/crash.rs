// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a guest that came to a bad end says of the reader's own code.

use anyhow::{Error, Result, bail};
use lab::guest::{Failure, Kind};
use lazy_regex::{Lazy, Regex, lazy_regex};
use serde::Serialize;

use crate::build::Names;
use crate::events::Event;
use crate::page::Page;
use crate::seats::Seat;

/// A function of a module, with its place: `hiboma::vm::ioctl+0x12/0x34 [hiboma] at module/vm.rs:12`.
static CALL: Lazy<Regex> =
    lazy_regex!(r"(\S+)\+0x[0-9a-f]+/0x[0-9a-f]+ \[\w+[^\]]*\] at ([^\s:]+):(\d+)");

/// A call that was under way, by where it was.
#[derive(Debug, PartialEq, Serialize)]
pub struct Frame {
    function: String,
    file: String,
    line: u32,
}

/// A guest's last words.
#[derive(Serialize)]
pub struct Words {
    /// What happened, as a sentence without its full stop.
    why: String,
    /// What its kernel said before it complained.
    before: String,
    /// The complaint, with the trace.
    log: String,
    /// The calls in the reader's own code.
    frames: Vec<Frame>,
}

/// Tells the page of a guest's bad end. What is none of a guest's is left as it is.
pub fn tell(error: Error, seat: &Seat, page: &Page) -> Result<()> {
    let failure: Failure = error.downcast()?;
    match failure.kind {
        Kind::Crashed(_) => page.tell(Event::Crashed(Words::of(&failure, seat))),
        Kind::TimedOut(_) => page.tell(Event::Hung(Words::of(&failure, seat))),
        Kind::Left => bail!("stopped"),
        Kind::Gone(_) => bail!("{failure}"),
    }
}

/// What happened to a guest, as a sentence without its full stop.
pub fn sentence(failure: &Failure, seat: &Seat) -> String {
    match failure.kind {
        Kind::Crashed(_) => "the kernel crashed".to_owned(),
        _ => shown(&failure.to_string(), seat),
    }
}

/// A text with files called as in the page.
pub fn shown(text: &str, seat: &Seat) -> String {
    Names::of(seat).shown(text)
}

impl Words {
    fn of(failure: &Failure, seat: &Seat) -> Self {
        let names = Names::of(seat);
        let [before, log] = failure.told(&names.folders());
        Words {
            why: names.shown(&failure.to_string()),
            before: names.shown(&before),
            frames: frames(&log, &names),
            log: names.shown(&log),
        }
    }
}

/// The calls in a log that were in files which the reader knows, each once, from the innermost on.
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
