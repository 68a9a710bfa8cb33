// SPDX-License-Identifier: MIT OR Apache-2.0

//! A command's standard input.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::sync::mpsc;
use std::thread;

use lab_protocol::{MAX_CHUNK, ToGuest};
use nix::sys::signal::{SigSet, Signal};

use super::connection::{HangUp, Sender};
use super::escape::{Escape, Key};

/// The source of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stdin {
    /// No input: it ends at once.
    Empty,
    /// The lab's own input.
    Inherited,
    /// The lab's own input, a terminal in raw mode.
    Terminal,
    /// Another thread sends the input, through a [`Sender`].
    Sent,
}

/// Sends the lab's own input, in a thread that ends with the input or with the lab.
pub fn pass_on(to: Sender) -> io::Result<()> {
    // `io::stdin()` itself has a buffer, which would only add a copy.
    let stdin = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    thread::spawn(|| pass_on_all(stdin, to));
    Ok(())
}

/// How many pieces of input are queued for a guest that reads none: more than anybody types.
const WAITING: usize = 1024;

/// Sends the input of a terminal, with the escape to leave the guest. The escape works even while
/// the guest reads no input: a thread of its own sends the keys.
pub fn pass_on_keys(to: Sender, hang_up: HangUp) -> io::Result<()> {
    let mut stdin = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let (keys, typed) = mpsc::sync_channel::<Vec<u8>>(WAITING);
    thread::spawn(move || {
        for keys in typed {
            if to.send(&ToGuest::Stdin(keys)).is_err() {
                return;
            }
        }
    });
    thread::spawn(move || {
        let mut escape = Escape::default();
        let mut bytes = [0; 4096];
        loop {
            // If the terminal is gone, the lab is about to end.
            let Ok(length @ 1..) = stdin.read(&mut bytes) else {
                return;
            };
            let mut piece = Vec::with_capacity(length);
            for &byte in &bytes[..length] {
                match escape.type_in(byte) {
                    Key::Pass(more) => piece.extend(more),
                    Key::Leave => return hang_up.leave(),
                }
            }
            if !piece.is_empty() && keys.send(piece).is_err() {
                return;
            }
        }
    });
    Ok(())
}

fn pass_on_all(mut stdin: File, to: Sender) {
    // With SIGTTIN blocked, reading the terminal in the background is an error, which counts as the
    // end of input. Otherwise it would stop the lab, for input that the command may never read.
    let _ = SigSet::from(Signal::SIGTTIN).thread_block();
    loop {
        let mut bytes = vec![0; MAX_CHUNK];
        let length = stdin.read(&mut bytes).unwrap_or(0);
        bytes.truncate(length);
        // If the guest has ended, the receiving thread reports that.
        if to.send(&ToGuest::Stdin(bytes)).is_err() || length == 0 {
            return;
        }
    }
}
