// SPDX-License-Identifier: MIT OR Apache-2.0

//! The keyboard: the program's standard input, key by key.

use std::io::{self, Read, stdin};

use nix::errno::Errno;
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};

/// The key that the guest reads at the end of the input, and for ctrl-C and ctrl-D.
const QUIT: u8 = b'q';
const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;

/// The keyboard. While it exists, a terminal passes on each key at once and does not echo it.
pub struct Keyboard {
    /// The terminal's settings before, if the input is a terminal.
    before: Option<Termios>,
}

impl Keyboard {
    pub fn new() -> nix::Result<Self> {
        let before = match tcgetattr(stdin()) {
            Ok(before) => before,
            Err(Errno::ENOTTY | Errno::EINVAL | Errno::ENODEV) => {
                return Ok(Keyboard { before: None });
            }
            Err(error) => return Err(error),
        };
        let mut raw = before.clone();
        // Without ISIG too: a program that ctrl-C kills cannot restore the terminal.
        raw.local_flags
            .remove(LocalFlags::ICANON | LocalFlags::ECHO | LocalFlags::ISIG);
        tcsetattr(stdin(), SetArg::TCSANOW, &raw)?;
        Ok(Keyboard {
            before: Some(before),
        })
    }

    /// Waits for the next key.
    pub fn key(&mut self) -> io::Result<u8> {
        let mut key = [0];
        Ok(match stdin().read(&mut key)? {
            0 => QUIT,
            _ => match key[0] {
                CTRL_C | CTRL_D => QUIT,
                key => key,
            },
        })
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            // The program ends: nobody handles an error any more.
            let _ = tcsetattr(stdin(), SetArg::TCSANOW, before);
        }
    }
}
