// SPDX-License-Identifier: MIT OR Apache-2.0

//! A command's output, on its way to a page.

use std::io::{self, Write};
use std::str::from_utf8;

use crate::events::Event;
use crate::page::Page;
use crate::sentence::sentence;

/// A limit in bytes, far more than anybody reads.
const MOST: usize = 1 << 20;

/// Passes text on as it arrives, and keeps it.
pub struct Output<'a> {
    page: &'a Page,
    /// Everything that was written.
    bytes: Vec<u8>,
    /// The number of bytes passed on: a character may arrive in two pieces.
    passed: usize,
}

impl<'a> Output<'a> {
    /// Creates an output that goes to a page.
    pub fn new(page: &'a Page) -> Self {
        Output {
            page,
            bytes: Vec::new(),
            passed: 0,
        }
    }

    /// Passes the rest on, and returns everything.
    pub fn finish(mut self) -> io::Result<String> {
        self.pass(self.bytes.len())?;
        Ok(String::from_utf8_lossy(&self.bytes).into_owned())
    }

    fn pass(&mut self, end: usize) -> io::Result<()> {
        let text = String::from_utf8_lossy(&self.bytes[self.passed..end]).into_owned();
        self.passed = end;
        if text.is_empty() {
            return Ok(());
        }
        let told = self.page.tell(Event::Output { text });
        told.map_err(io::Error::other)
    }
}

impl Write for Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > MOST {
            return Err(io::Error::other(sentence!(
                "it writes more than 1 MiB, so it was stopped"
            )));
        }
        self.bytes.extend_from_slice(bytes);
        let unfinished = unfinished(&self.bytes[self.passed..]);
        self.pass(self.bytes.len() - unfinished)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns the number of bytes at the end that are an incomplete character.
fn unfinished(bytes: &[u8]) -> usize {
    let end = bytes.len();
    // No character has more than four bytes.
    (1..=end.min(3))
        .find(|&length| {
            let last = from_utf8(&bytes[end - length..]);
            last.is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
        })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::unfinished;

    #[test]
    fn a_character_is_not_cut() {
        for text in ["a·", "╭──", "a", ""] {
            for cut in 0..=text.len() {
                let whole = cut - unfinished(&text.as_bytes()[..cut]);
                assert!(text.is_char_boundary(whole), "{text} {cut}");
                assert!(cut - whole < 4);
            }
        }
        assert_eq!(unfinished(b"a\xff"), 0);
    }
}
