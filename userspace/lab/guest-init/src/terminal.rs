// SPDX-License-Identifier: MIT OR Apache-2.0

//! Starts a program on a terminal of its own, and sets the terminal's size.

use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::path::Path;
use std::process::Command;

use lab_protocol::{ToHost, WindowSize};
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::pty::{Winsize, openpty};

use crate::children::Children;
use crate::command::{Running, unblocked};

/// Returns a command for `program` as the leader of a new session, with its standard input as
/// controlling terminal (`-c`). That takes two system calls after fork, which busybox makes.
pub fn session_of(program: &Path) -> Command {
    let mut command = Command::new("/bin/setsid");
    command.arg("-c").arg(program);
    command
}

/// Starts a program on a new pty.
pub fn start(builder: &mut Command, children: &Children, size: WindowSize) -> io::Result<Running> {
    let pty = openpty(Some(&winsize(size)), None)?;
    // `std` opens files close-on-exec, but `openpty` does not.
    for side in [&pty.master, &pty.slave] {
        fcntl(side, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    }
    builder
        .stdin(pty.slave.try_clone()?)
        .stdout(pty.slave.try_clone()?)
        .stderr(pty.slave);
    let pid = children.start(builder)?;
    let master = unblocked(pty.master)?;
    Ok(Running {
        pid,
        input: master.try_clone()?,
        outputs: vec![(master.try_clone()?, ToHost::Stdout)],
        terminal: Some(master),
    })
}

/// Sets the size of `terminal`; its foreground process group gets `SIGWINCH`.
pub fn resize(terminal: impl AsFd, size: WindowSize) -> io::Result<()> {
    // SAFETY: The kernel reads one `winsize`, which outlives the call.
    unsafe { set_window_size(terminal.as_fd().as_raw_fd(), &winsize(size)) }?;
    Ok(())
}

fn winsize(size: WindowSize) -> Winsize {
    Winsize {
        ws_row: size.rows,
        ws_col: size.columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    }
}

nix::ioctl_write_ptr_bad!(
    /// `ioctl_tty(2)`: sets the terminal's size.
    set_window_size,
    nix::libc::TIOCSWINSZ,
    Winsize
);
