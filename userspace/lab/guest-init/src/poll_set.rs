// SPDX-License-Identifier: MIT OR Apache-2.0

//! `poll(2)` on a set of descriptors that differs from call to call.

use std::os::fd::BorrowedFd;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// The descriptors and events to wait for.
#[derive(Default)]
pub struct PollSet<'fd>(Vec<PollFd<'fd>>);

/// The position of a descriptor in a [`PollSet`].
#[derive(Clone, Copy)]
pub struct Slot(usize);

/// The descriptors of a [`PollSet`] that are ready. One whose peer is gone is ready too.
pub struct Ready(Vec<bool>);

impl<'fd> PollSet<'fd> {
    /// Adds `fd`, to wait for `events` on it.
    pub fn add(&mut self, fd: BorrowedFd<'fd>, events: PollFlags) -> Slot {
        self.0.push(PollFd::new(fd, events));
        Slot(self.0.len() - 1)
    }

    /// Blocks until at least one descriptor is ready.
    pub fn wait(mut self) -> nix::Result<Ready> {
        while let Err(error) = poll(&mut self.0, PollTimeout::NONE) {
            if error != Errno::EINTR {
                return Err(error);
            }
        }
        Ok(Ready(
            self.0.iter().map(|fd| fd.any().unwrap_or(true)).collect(),
        ))
    }
}

impl Ready {
    /// Returns whether the descriptor in `slot` is ready; without a slot it is not.
    pub fn has(&self, slot: impl Into<Option<Slot>>) -> bool {
        slot.into().is_some_and(|slot| self.0[slot.0])
    }
}
