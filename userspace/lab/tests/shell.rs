// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab shell` on a terminal, and without one.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};

use nix::poll::{PollFd, PollFlags, poll};
use nix::pty::{Winsize, openpty};
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{Termios, tcgetattr};
use nix::unistd::Pid;

/// Milliseconds: far more than a guest needs to boot.
const PATIENCE: u16 = 60_000;

fn lab_shell() -> Command {
    let mut lab = Command::new(env!("CARGO_BIN_EXE_lab"));
    lab.arg("shell").env("TERM", "vt100");
    lab
}

/// A lab whose shell runs on a terminal that the test holds the other side of.
struct Terminal {
    lab: Child,
    master: File,
    slave: OwnedFd,
    before: Termios,
}

impl Terminal {
    fn start() -> Self {
        let size = Winsize {
            ws_row: 33,
            ws_col: 111,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        let pty = openpty(&size, None).unwrap();
        let slave = || pty.slave.try_clone().unwrap();
        let before = tcgetattr(slave()).unwrap();
        let lab = lab_shell()
            .stdin(slave())
            .stdout(slave())
            .stderr(slave())
            .spawn()
            .unwrap();
        let mut terminal = Terminal {
            lab,
            master: pty.master.into(),
            slave: slave(),
            before,
        };
        terminal.expect("/root # ");
        terminal
    }

    fn type_in(&mut self, keys: &str) {
        self.master.write_all(keys.as_bytes()).unwrap();
    }

    /// Reads until `text` has come.
    fn expect(&mut self, text: &str) {
        let (mut seen, mut piece) = (String::new(), [0; 256]);
        while !seen.contains(text) {
            let mut master = [PollFd::new(self.master.as_fd(), PollFlags::POLLIN)];
            let ready = poll(&mut master, PATIENCE).unwrap();
            assert_ne!(ready, 0, "no {text:?} in {seen:?}");
            let length = self.master.read(&mut piece).unwrap();
            seen += &String::from_utf8_lossy(&piece[..length]);
        }
    }

    /// Waits for the end of the lab, which must leave the terminal as it found it.
    fn end(mut self) -> ExitStatus {
        let status = self.lab.wait().unwrap();
        assert_eq!(tcgetattr(&self.slave).unwrap(), self.before);
        status
    }
}

impl Drop for Terminal {
    /// For a test that has failed before the end.
    fn drop(&mut self) {
        let _ = self.lab.kill();
    }
}

#[test]
fn a_shell_has_the_terminal_s_size_and_kind_and_its_status_is_passed_on() {
    let mut terminal = Terminal::start();
    terminal.type_in("stty size; echo kind=$TERM\r");
    terminal.expect("33 111\r\nkind=vt100\r\n");
    terminal.type_in("exit 5\r");
    assert_eq!(terminal.end().code(), Some(5));
}

#[test]
fn ctrl_c_is_for_the_guest_and_ctrl_d_leaves_it() {
    let mut terminal = Terminal::start();
    // One job, which has the terminal by the time that it says so.
    terminal.type_in("sh -c 'echo asleep on $(tty); exec sleep 1000'\r");
    terminal.expect("asleep on /dev/pts/0");
    terminal.type_in("\x03");
    terminal.expect("/root # ");
    terminal.type_in("echo status=$?\r");
    terminal.expect("status=130");
    terminal.type_in("true\r\x04");
    assert_eq!(terminal.end().code(), Some(0));
}

#[test]
fn the_guest_is_told_when_the_size_changes() {
    let mut terminal = Terminal::start();
    let slave = terminal.slave.try_clone().unwrap();
    let stty = Command::new("stty")
        .args(["rows", "10", "columns", "44"])
        .stdin(slave)
        .status();
    assert!(stty.unwrap().success());
    // What the kernel would do, were this the lab's controlling terminal.
    kill(Pid::from_raw(terminal.lab.id() as i32), Signal::SIGWINCH).unwrap();
    // The news and the question go different ways to the guest.
    terminal.type_in("until stty size | grep -x '10 44'; do :; done\r");
    terminal.expect("\n10 44\r\n");
    terminal.type_in("exit\r");
    assert_eq!(terminal.end().code(), Some(0));
}

#[test]
fn a_signal_that_ends_the_lab_leaves_the_terminal_as_it_was() {
    let terminal = Terminal::start();
    assert_ne!(
        tcgetattr(&terminal.slave).unwrap(),
        terminal.before,
        "raw mode"
    );
    kill(Pid::from_raw(terminal.lab.id() as i32), Signal::SIGTERM).unwrap();
    assert_eq!(terminal.end().signal(), Some(Signal::SIGTERM as i32));
}

#[test]
fn without_a_terminal_there_is_no_shell_but_a_sentence() {
    let output = lab_shell().stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(125));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "cargo lab: a shell needs a terminal for its input and output; for a script there is \
         `cargo lab run -- sh`\n"
    );
}
