// SPDX-License-Identifier: MIT OR Apache-2.0

//! The messages between the two processes.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

use anyhow::bail;
use nix::cmsg_space;
use nix::sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, recvmsg, sendmsg};

/// Sends two descriptors.
pub fn send(socket: &UnixStream, fds: &[RawFd; 2]) -> anyhow::Result<()> {
    // A stream socket sends no control message without a byte of data.
    let bytes = [IoSlice::new(&[0])];
    let rights = [ControlMessage::ScmRights(fds)];
    let (socket, flags) = (socket.as_raw_fd(), MsgFlags::empty());
    sendmsg::<()>(socket, &bytes, &rights, flags, None)?;
    Ok(())
}

/// Receives the two descriptors, which are close-on-exec from the start.
pub fn receive(socket: &UnixStream) -> anyhow::Result<[OwnedFd; 2]> {
    let mut byte = [0];
    let mut bytes = [IoSliceMut::new(&mut byte)];
    let mut space = cmsg_space!([RawFd; 2]);
    let (socket, flags) = (socket.as_raw_fd(), MsgFlags::MSG_CMSG_CLOEXEC);
    let message = recvmsg::<()>(socket, &mut bytes, Some(&mut space), flags)?;
    for control in message.cmsgs()? {
        if let ControlMessageOwned::ScmRights(fds) = control
            && let [first, second] = fds[..]
        {
            // SAFETY: The kernel has just installed them, and nothing else owns them.
            return Ok([first, second].map(|fd| unsafe { OwnedFd::from_raw_fd(fd) }));
        }
    }
    bail!("a message came that brought no two descriptors")
}
