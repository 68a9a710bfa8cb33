// SPDX-License-Identifier: MIT OR Apache-2.0

//! A command's standard input.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::thread;

use lab_protocol::{MAX_CHUNK, ToGuest};
use nix::sys::signal::{SigSet, Signal};

use super::connection::Sender;

/// Where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stdin {
    /// It ends at once.
    Empty,
    /// The lab's own.
    Inherited,
}

/// Sends the lab's own input, from a thread that ends with the input or with the lab.
pub fn pass_on(to: Sender) -> io::Result<()> {
    // Not `io::stdin()` itself, whose buffer would only be one more copy.
    let stdin = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    thread::spawn(|| pass_on_all(stdin, to));
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
