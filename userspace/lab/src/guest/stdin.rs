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

/// Where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stdin {
    /// It ends at once.
    Empty,
    /// The lab's own.
    Inherited,
    /// The lab's own, which is a terminal in raw mode.
    Terminal,
    /// Somebody else sends it, by a [`Sender`].
    Sent,
}

/// Sends the lab's own input, from a thread that ends with the input or with the lab.
pub fn pass_on(to: Sender) -> io::Result<()> {
    // Not `io::stdin()` itself, whose buffer would only be one more copy.
    let stdin = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    thread::spawn(|| pass_on_all(stdin, to));
    Ok(())
}

/// How many pieces of what is typed wait for a guest that takes none: more than anybody types.
const WAITING: usize = 1024;

/// The same of a terminal, whose user can leave the guest by the escape. That works also while the
/// guest takes no input, for which keys wait in another thread.
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
            // Where the terminal is gone, the lab is about to end.
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
    // With SIGTTIN blocked, reading the terminal from the background is an error, which counts
    // as the end, rather than a stop of the lab for input that the command may never want.
    let _ = SigSet::from(Signal::SIGTTIN).thread_block();
    loop {
        let mut bytes = vec![0; MAX_CHUNK];
        let length = stdin.read(&mut bytes).unwrap_or(0);
        bytes.truncate(length);
        // Who receives is told that the guest has ended; here there is only nothing left to do.
        if to.send(&ToGuest::Stdin(bytes)).is_err() || length == 0 {
            return;
        }
    }
}
