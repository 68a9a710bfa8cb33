// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a guest may be started with.

use std::ops::Range;
use std::time::Duration;

use super::accelerator::Accelerator;
use crate::image::GuestFile;

/// How to start a guest.
#[derive(Clone, Default)]
pub struct Options {
    /// The best that works, where none is given.
    pub accelerator: Option<Accelerator>,
    /// How many CPUs; one, where no number is given.
    pub cpus: Option<u8>,
    /// How much memory in MiB; what the kernel and the files need, where no number is given.
    pub memory_mib: Option<u64>,
    /// Have the time pass with the instructions, one nanosecond each, so that a program can count them.
    /// Only emulation can do this, and only with one CPU.
    pub counted: bool,
    /// Have each run be the same, as far as nothing comes from the lab. Only a guest that is `counted` can.
    pub repeatable: Option<Repeatable>,
    /// Kernel parameters behind the lab's own.
    pub append: String,
    /// How long a command, or the loading of a module, may take.
    pub timeout: Option<Duration>,
    /// Show the guest's console on standard error.
    pub verbose: bool,
    /// For the guest's root file system, beside those of the image.
    pub files: Vec<GuestFile>,
    /// Boot, where a snapshot could be resumed from.
    pub cold: bool,
}

/// Where the kernel of a guest has what matters to one whose runs are the same.
#[derive(Clone)]
pub struct Repeatable {
    /// An instruction: the guest stops before it.
    pub stop_at: u64,
    /// The loop in which the kernel waits for something to do. It is not in the log of instructions.
    pub idle: Range<u64>,
}

/// Sending more bytes than this to a guest takes longer than a boot with them.
const MOST_TO_SEND: u64 = 16 << 20;

impl Options {
    /// Whether the guest must boot: its user asks for it, wants to see it, or passes parameters to the
    /// kernel. A guest that counts boots so that each run is the same. On KVM a boot is fast, and
    /// resuming is untested.
    pub fn must_boot(&self, accelerator: Accelerator) -> bool {
        self.cold
            || self.verbose
            || self.counted
            || !self.append.is_empty()
            || accelerator == Accelerator::Kvm
            || self.bytes() > MOST_TO_SEND
    }

    /// How many bytes may still be sent to a guest that resumes, beside these files.
    pub fn most_to_send(&self) -> u64 {
        MOST_TO_SEND.saturating_sub(self.bytes())
    }

    fn bytes(&self) -> u64 {
        self.files.iter().map(GuestFile::size).sum()
    }
}
