// SPDX-License-Identifier: MIT OR Apache-2.0

//! The text screen: 40 columns and 25 rows of characters, in a PC's memory from 0xb8000 on.

use std::io::{self, IsTerminal, Write, stdout};
use std::thread;
use std::time::Duration;

use anyhow::Context;

const ADDRESS: u64 = 0xb8000;
const COLUMNS: usize = 40;
/// A character and its colours, which are not shown here.
const CHARACTER: usize = 2;
const ROW: usize = COLUMNS * CHARACTER;
const SIZE: usize = 25 * ROW;

/// How long a picture is shown on a terminal.
const PICTURE: Duration = Duration::from_millis(50);

/// The text that the guest has written, and how much of it is on the terminal.
pub struct Screen {
    memory: [u8; SIZE],
    terminal: bool,
    /// Whether the guest has written since the last picture.
    changed: bool,
    /// The number of rows of the last picture, or 0 if something was printed after it.
    printed: usize,
}

impl Screen {
    pub fn new() -> Self {
        Screen {
            memory: [0; SIZE],
            terminal: stdout().is_terminal(),
            changed: false,
            printed: 0,
        }
    }

    /// Handles a write of the guest to the screen's memory.
    pub fn write(&mut self, address: u64, data: &[u8]) -> anyhow::Result<()> {
        address
            .checked_sub(ADDRESS)
            .and_then(|offset| {
                self.memory
                    .get_mut(offset as usize..)?
                    .get_mut(..data.len())
            })
            .with_context(|| format!("the guest wrote to {address:#x}, where nothing is"))?
            .copy_from_slice(data);
        self.changed = true;
        Ok(())
    }

    /// Prints text of the guest's serial port, above the next picture.
    pub fn print(&mut self, text: &[u8]) -> io::Result<()> {
        self.printed = 0;
        stdout().write_all(text)
    }

    /// Shows the screen if it has changed; on a terminal, in place of the last picture.
    pub fn show(&mut self) -> io::Result<()> {
        if !self.changed {
            return Ok(());
        }
        self.changed = false;
        let rows: Vec<String> = self.memory.chunks(ROW).map(row).collect();
        let used = rows.iter().rposition(|row| !row.is_empty());
        let rows = &rows[..used.map_or(0, |last| last + 1)];
        let mut stdout = stdout().lock();
        if self.terminal && self.printed > 0 {
            write!(stdout, "\x1b[{}A", self.printed)?;
        }
        for row in rows {
            writeln!(stdout, "{row}")?;
        }
        self.printed = rows.len();
        stdout.flush()
    }

    /// Shows the screen long enough to be seen; does nothing if stdout is not a terminal.
    pub fn show_moving(&mut self) -> io::Result<()> {
        if self.terminal {
            self.show()?;
            thread::sleep(PICTURE);
        }
        Ok(())
    }
}

/// Returns a row as text, without the blanks at its end.
fn row(memory: &[u8]) -> String {
    let text: String = memory
        .iter()
        .step_by(CHARACTER)
        .map(|&byte| match byte {
            0 => ' ',
            // Two characters of a PC's character set beyond ASCII.
            0xdb => '█',
            0xfa => '·',
            byte => char::from(byte),
        })
        .collect();
    text.trim_end().to_owned()
}
