// SPDX-License-Identifier: MIT OR Apache-2.0

//! The lab's terminal while a program of the guest has it.

use std::os::fd::AsFd;
use std::{io, thread};

use anyhow::Result;
use console::Term;
use lab_protocol::{ToGuest, WindowSize};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{SetArg, Termios, cfmakeraw, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGWINCH};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::Sender;

/// How large the terminal is now; 24 rows of 80 columns where it does not say (a serial line).
pub fn size() -> WindowSize {
    let (rows, columns) = Term::stdout().size();
    WindowSize { rows, columns }
}

/// A terminal in raw mode, where every key, Ctrl-C too, goes to the guest. Dropping this gives
/// it its former mode back; so does a signal that ends the lab.
pub struct Raw(Termios);

impl Raw {
    /// Begins raw mode. From here on the guest is told when the size changes, and the lab ends
    /// with its terminal.
    pub fn enter(guest: Sender) -> Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut raw = before.clone();
        cfmakeraw(&mut raw);
        watch_ending_signals(before.clone())?;
        watch_size(guest)?;
        watch_hang_up();
        tcsetattr(io::stdin(), SetArg::TCSADRAIN, &raw)?;
        Ok(Raw(before))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        restore(&self.0, SetArg::TCSADRAIN);
    }
}

/// In a thread of its own, since a guest that takes no message blocks whoever sends it one.
fn watch_ending_signals(before: Termios) -> io::Result<()> {
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
    thread::spawn(move || {
        for signal in signals.forever() {
            // What a terminal has not shown yet, it may never show.
            restore(&before, SetArg::TCSANOW);
            end_by(signal);
        }
    });
    Ok(())
}

fn watch_size(guest: Sender) -> io::Result<()> {
    let mut signals = Signals::new([SIGWINCH])?;
    thread::spawn(move || {
        for _ in signals.forever() {
            // A guest that takes no message has ended, which its user is told elsewhere.
            let _ = guest.send(&ToGuest::Resize(size()));
        }
    });
    Ok(())
}

/// The kernel sends `SIGHUP` only to those whose controlling terminal it is.
fn watch_hang_up() {
    thread::spawn(|| {
        let stdin = io::stdin();
        // Nothing is asked for: a hang-up is told always.
        let mut terminal = [PollFd::new(stdin.as_fd(), PollFlags::empty())];
        while poll(&mut terminal, PollTimeout::NONE) == Err(Errno::EINTR) {}
        end_by(SIGHUP);
    });
}

/// Ends the lab as if the signal were not handled, and thereby the guest.
fn end_by(signal: i32) {
    // It fails for numbers that are no signal's.
    let _ = emulate_default_handler(signal);
}

fn restore(mode: &Termios, when: SetArg) {
    // A terminal that is gone has no mode to restore.
    let _ = tcsetattr(io::stdin(), when, mode);
}
