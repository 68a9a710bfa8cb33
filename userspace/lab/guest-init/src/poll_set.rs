// SPDX-License-Identifier: MIT OR Apache-2.0

//! `poll(2)` over a set of descriptors that differs from one call to the next.

use std::os::fd::BorrowedFd;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// What to wait for.
#[derive(Default)]
pub struct PollSet<'fd>(Vec<PollFd<'fd>>);

/// A descriptor's place in a [`PollSet`].
#[derive(Clone, Copy)]
pub struct Slot(usize);

/// Which descriptors of a [`PollSet`] have something to say, be it that their peer is gone.
pub struct Ready(Vec<bool>);

impl<'fd> PollSet<'fd> {
    /// Waits also for `events` on `fd`.
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
    /// Whether the descriptor in `slot` is ready; one that was not waited for is not.
    pub fn has(&self, slot: impl Into<Option<Slot>>) -> bool {
        slot.into().is_some_and(|slot| self.0[slot.0])
    }
}
