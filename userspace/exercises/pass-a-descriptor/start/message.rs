// SPDX-License-Identifier: MIT OR Apache-2.0

//! The messages between the two processes.

use std::io::{Read, Write};
use std::os::fd::{OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

use anyhow::bail;

/// Sends two descriptors.
pub fn send(mut socket: &UnixStream, fds: &[RawFd; 2]) -> anyhow::Result<()> {
    // TODO: the descriptors themselves, as SCM_RIGHTS.
    for fd in fds {
        socket.write_all(&fd.to_ne_bytes())?;
    }
    Ok(())
}

/// Receives the two descriptors, which are close-on-exec from the start.
pub fn receive(mut socket: &UnixStream) -> anyhow::Result<[OwnedFd; 2]> {
    let mut bytes = [0; 2 * size_of::<RawFd>()];
    socket.read_exact(&mut bytes)?;
    bail!("these bytes are numbers, and nothing is open here by those numbers: {bytes:?}")
}
