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

/// Tells the page of a guest's bad end. What is none of a guest's is left as it is.
pub fn tell(error: Error, seat: &Seat, page: &Page) -> Result<()> {
    let failure: Failure = error.downcast()?;
    match failure.kind {
        Kind::Crashed(_) => {
            let log = Names::of(seat).shown(&failure.excerpt());
            let frames = frames(&log);
            page.tell(Event::Crashed { log, frames })
        }
        Kind::Left => bail!("stopped"),
        _ => bail!("{failure}"),
    }
}

/// The calls in a log that were in files which the reader knows, each once, from the innermost on.
fn frames(log: &str) -> Vec<Frame> {
    let mut frames = Vec::new();
    for line in log.lines() {
        let Some(found) = CALL.captures(line) else {
            continue;
        };
        let frame = Frame {
            function: found[1].trim_start_matches("0010:").to_owned(),
            file: found[2].to_owned(),
            line: found[3].parse().unwrap_or(1),
        };
        if !frame.file.starts_with('/') && !frames.contains(&frame) {
            frames.push(frame);
        }
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::{Frame, frames};

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
                   [    1.1] RIP: 0010:hiboma::vm::ioctl+0x1/0x2 [hiboma] at module/vm.rs:8\n\
                   [    1.1]  hiboma::vm::ioctl+0x1/0x2 [hiboma] at module/vm.rs:8\n\
                   [    1.1]  kernel::miscdevice::ioctl+0x1/0x2 [hiboma] at /kernel/rust/miscdevice.rs:8\n\
                   [    1.1]  __x64_sys_ioctl+0x1/0x2\n";
        let expected = [frame("hiboma::vm::ioctl", "module/vm.rs", 8)];
        assert_eq!(frames(log), expected);
    }
}
