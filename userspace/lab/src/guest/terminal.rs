// SPDX-License-Identifier: MIT OR Apache-2.0

//! The lab's terminal while a program in the guest uses it.

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

/// Returns the terminal's size; 24 rows of 80 columns if it is unknown (a serial line).
pub fn size() -> WindowSize {
    let (rows, columns) = Term::stdout().size();
    WindowSize { rows, columns }
}

/// A terminal in raw mode, in which every key, Ctrl-C included, goes to the guest. Dropping this
/// restores the former mode, and so does a signal that ends the lab.
pub struct Raw(Termios);

impl Raw {
    /// Enters raw mode. From here on the guest learns of each change of size, and the lab ends with
    /// its terminal.
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

/// Runs in its own thread, since sending blocks while the guest receives no messages.
fn watch_ending_signals(before: Termios) -> io::Result<()> {
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
    thread::spawn(move || {
        for signal in signals.forever() {
            // Does not wait for output to drain: that may never happen.
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
            // If this fails, the guest has ended, which other code reports.
            let _ = guest.send(&ToGuest::Resize(size()));
        }
    });
    Ok(())
}

/// Needed because the kernel sends `SIGHUP` only to the processes that the terminal controls.
fn watch_hang_up() {
    thread::spawn(|| {
        let stdin = io::stdin();
        // No events are requested: a hang-up is always reported.
        let mut terminal = [PollFd::new(stdin.as_fd(), PollFlags::empty())];
        while poll(&mut terminal, PollTimeout::NONE) == Err(Errno::EINTR) {}
        end_by(SIGHUP);
    });
}

/// Ends the lab, and so the guest, as if the signal were not handled.
fn end_by(signal: i32) {
    // Fails only for numbers that are not signals.
    let _ = emulate_default_handler(signal);
}

fn restore(mode: &Termios, when: SetArg) {
    // A terminal that is gone has no mode to restore.
    let _ = tcsetattr(io::stdin(), when, mode);
}
