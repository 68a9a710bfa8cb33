// SPDX-License-Identifier: MIT OR Apache-2.0

//! Passes descriptors in messages: `SCM_RIGHTS`, over a pair of connected UNIX sockets.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{IntoRawFd, RawFd};

use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType, recvmsg,
    sendmsg, socketpair,
};

/// The data received from a socket.
#[derive(Debug, PartialEq, Eq)]
pub struct Received {
    /// The number of bytes: 0 if none are left and the other end is closed.
    pub bytes: i32,
    /// The descriptors that came with them, by their new numbers in this process.
    pub fds: Vec<RawFd>,
}

/// Returns two connected sockets. A child inherits both.
pub fn pair() -> nix::Result<(RawFd, RawFd)> {
    let (one, other) = socketpair(
        AddressFamily::Unix,
        SockType::Stream,
        None,
        SockFlag::empty(),
    )?;
    Ok((one.into_raw_fd(), other.into_raw_fd()))
}

/// Sends a descriptor, with one byte: a stream transports no message without data.
pub fn send(socket: RawFd, fd: RawFd) -> nix::Result<i32> {
    let fds = [fd];
    let message = [ControlMessage::ScmRights(&fds)];
    let byte = [IoSlice::new(&[0])];
    let sent = sendmsg::<()>(socket, &byte, &message, MsgFlags::empty(), None)?;
    Ok(sent as i32)
}

/// Receives the next message. If there is none, does not wait: `EAGAIN`.
pub fn receive(socket: RawFd) -> nix::Result<Received> {
    let mut space = nix::cmsg_space!(RawFd);
    let mut byte = [0];
    let mut bytes = [IoSliceMut::new(&mut byte)];
    let message = recvmsg::<()>(socket, &mut bytes, Some(&mut space), MsgFlags::MSG_DONTWAIT)?;
    let mut fds = Vec::new();
    for part in message.cmsgs()? {
        if let ControlMessageOwned::ScmRights(received) = part {
            fds.extend(received);
        }
    }
    Ok(Received {
        bytes: message.bytes as i32,
        fds,
    })
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::os::fd::AsRawFd;

    use nix::errno::Errno;

    use super::{pair, receive, send};
    use crate::kernel::close;

    #[test]
    fn what_comes_out_is_another_number_of_the_same_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let (one, other) = pair().unwrap();
        assert_eq!(receive(other), Err(Errno::EAGAIN), "nothing was sent");

        assert_eq!(send(one, file.as_raw_fd()), Ok(1));
        let received = receive(other).unwrap();
        assert_eq!(received.bytes, 1);
        let [fd] = received.fds[..] else {
            panic!("{received:?}");
        };
        assert_ne!(fd, file.as_raw_fd());
        let link = fs::read_link(format!("/proc/self/fd/{fd}")).unwrap();
        assert_eq!(link, file.path());
        for fd in [fd, one, other] {
            close(fd).unwrap();
        }
    }

    #[test]
    fn a_message_outlives_its_sender() {
        let file = File::open("/proc/self/exe").unwrap();
        let (one, other) = pair().unwrap();
        send(one, file.as_raw_fd()).unwrap();
        close(one).unwrap();

        assert_eq!(receive(other).unwrap().fds.len(), 1);
        let end = receive(other).unwrap();
        assert_eq!((end.bytes, end.fds.len()), (0, 0));
        close(other).unwrap();
    }

    #[test]
    fn what_is_not_open_cannot_be_sent() {
        let (one, other) = pair().unwrap();
        assert_eq!(send(one, 1 << 20), Err(Errno::EBADF));
        close(one).unwrap();
        close(other).unwrap();
    }
}
