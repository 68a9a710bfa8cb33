// SPDX-License-Identifier: MIT OR Apache-2.0

//! The lab's terminal while a program of the guest has it.

use std::{io, thread};

use anyhow::{Context, Result};
use console::Term;
use lab_protocol::{ToGuest, WindowSize};
use nix::sys::termios::{SetArg, Termios, cfmakeraw, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGWINCH};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::Sender;

/// How large the terminal is now.
pub fn size() -> Result<WindowSize> {
    let size = Term::stdout()
        .size_checked()
        .context("the terminal does not say its size")?;
    let (rows, columns) = size;
    Ok(WindowSize { rows, columns })
}

/// A terminal in raw mode, where every key, Ctrl-C too, goes to the guest. Dropping this gives
/// it its former mode back; so does a signal that ends the lab.
pub struct Raw(Termios);

impl Raw {
    /// Begins raw mode. From here on the guest is told when the size changes.
    pub fn enter(guest: Sender) -> Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut raw = before.clone();
        cfmakeraw(&mut raw);
        watch_signals(guest, before.clone())?;
        tcsetattr(io::stdin(), SetArg::TCSADRAIN, &raw)?;
        Ok(Raw(before))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        restore(&self.0);
    }
}

fn watch_signals(guest: Sender, before: Termios) -> io::Result<()> {
    let mut signals = Signals::new([SIGWINCH, SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
    thread::spawn(move || {
        for signal in signals.forever() {
            if signal != SIGWINCH {
                restore(&before);
                // Ends the lab, and thereby the guest.
                let _ = emulate_default_handler(signal);
            } else if let Ok(size) = size() {
                // A guest that takes no message has ended, which its user is told elsewhere.
                let _ = guest.send(&ToGuest::Resize(size));
            }
        }
    });
    Ok(())
}

fn restore(mode: &Termios) {
    // A terminal that is gone has no mode to restore.
    let _ = tcsetattr(io::stdin(), SetArg::TCSADRAIN, mode);
}
