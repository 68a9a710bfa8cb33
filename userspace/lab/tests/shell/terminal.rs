// SPDX-License-Identifier: MIT OR Apache-2.0

//! A terminal with `cargo lab shell` on it.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Command, ExitStatus};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::{grantpt, posix_openpt, ptsname_r, unlockpt};
use nix::sys::signal::Signal;
use nix::sys::termios::{Termios, tcgetattr};

use crate::process::{Lab, PATIENCE};

/// As `cargo lab shell` sets it.
pub const PROMPT: &str = "guest # ";

/// `cargo lab shell`, without a terminal.
pub fn lab_shell() -> Command {
    let mut lab = Command::new(env!("CARGO_BIN_EXE_lab"));
    lab.arg("shell").env("TERM", "vt100");
    lab
}

/// A lab whose shell runs on a terminal that the test holds the other side of.
pub struct Terminal {
    pub lab: Lab,
    pub slave: File,
    pub before: Termios,
    master: File,
    /// Came from the shell, and was not expected yet.
    seen: String,
}

impl Terminal {
    /// Waits until the shell of a terminal of this size asks for a command.
    pub fn start(rows: u16, columns: u16) -> Self {
        let (master, slave) = pty();
        resize(&slave, rows, columns);
        let side = || slave.try_clone().unwrap();
        let mut terminal = Terminal {
            lab: Lab::spawn(lab_shell().stdin(side()).stdout(side()).stderr(side())),
            before: tcgetattr(&slave).unwrap(),
            slave,
            master,
            seen: String::new(),
        };
        terminal.expect(PROMPT);
        terminal
    }

    /// Types keys, no faster than the lab reads them.
    pub fn type_in(&mut self, keys: &str) {
        let mut keys = keys.as_bytes();
        while !keys.is_empty() {
            let patience = PollTimeout::try_from(PATIENCE).unwrap();
            assert!(self.is_ready(PollFlags::POLLOUT, patience), "nobody reads");
            match self.master.write(keys) {
                Ok(typed) => keys = &keys[typed..],
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
            }
        }
    }

    /// Types until nobody takes it any more.
    pub fn type_until_stuck(&mut self) {
        loop {
            match self.master.write(&[b'x'; 4096]) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if !self.is_ready(PollFlags::POLLOUT, PollTimeout::from(2000_u16)) {
                        return;
                    }
                }
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// Reads until `text` has come, and forgets what came before it.
    #[track_caller]
    pub fn expect(&mut self, text: &str) {
        let mut piece = [0; 256];
        loop {
            if let Some(begin) = self.seen.find(text) {
                self.seen.drain(..begin + text.len());
                return;
            }
            let patience = PollTimeout::try_from(PATIENCE).unwrap();
            let ready = self.is_ready(PollFlags::POLLIN, patience);
            assert!(ready, "no {text:?} in {:?}", self.seen);
            let length = self.master.read(&mut piece).unwrap();
            self.seen += &String::from_utf8_lossy(&piece[..length]);
        }
    }

    pub fn resize(&self, rows: u16, columns: u16) {
        resize(&self.slave, rows, columns);
        // What the kernel would do, were this the lab's controlling terminal.
        self.lab.signal(Signal::SIGWINCH);
    }

    /// Is the end of the terminal itself, which nobody but the lab has open then.
    pub fn hang_up(self) -> Lab {
        self.lab
    }

    /// Waits for the end of the lab, which must leave the terminal as it found it.
    #[track_caller]
    pub fn end(mut self) -> ExitStatus {
        let status = self.lab.end();
        assert_eq!(tcgetattr(&self.slave).unwrap(), self.before);
        status
    }

    fn is_ready(&self, events: PollFlags, timeout: PollTimeout) -> bool {
        let mut master = [PollFd::new(self.master.as_fd(), events)];
        poll(&mut master, timeout).unwrap() > 0
    }
}

/// Not `openpty(3)`, whose descriptors the labs of other tests would inherit, so that this
/// terminal never hung up. The master side does not block.
fn pty() -> (File, File) {
    let flags = OFlag::O_RDWR | OFlag::O_NOCTTY;
    let master = posix_openpt(flags | OFlag::O_CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let slave = File::options()
        .read(true)
        .write(true)
        .custom_flags(OFlag::O_NOCTTY.bits())
        .open(ptsname_r(&master).unwrap())
        .unwrap();
    fcntl(&master, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).unwrap();
    (OwnedFd::from(master).into(), slave)
}

fn resize(slave: &File, rows: u16, columns: u16) {
    let stty = Command::new("stty")
        .args(["rows", &rows.to_string()])
        .args(["columns", &columns.to_string()])
        .stdin(slave.try_clone().unwrap())
        .status();
    assert!(stty.unwrap().success());
}
