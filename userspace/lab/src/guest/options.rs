// SPDX-License-Identifier: MIT OR Apache-2.0

//! The options of a guest's start.

use std::ops::Range;
use std::time::Duration;

use super::accelerator::Accelerator;
use crate::image::GuestFile;

/// How to start a guest.
#[derive(Clone, Default)]
pub struct Options {
    /// The accelerator; by default the best that works.
    pub accelerator: Option<Accelerator>,
    /// The number of CPUs; by default one.
    pub cpus: Option<u8>,
    /// The memory in MiB; by default what the kernel and the files need.
    pub memory_mib: Option<u64>,
    /// Lets the clock count instructions, one nanosecond each, so that a program can count them too.
    /// Works only with emulation, and with one CPU.
    pub counted: bool,
    /// Makes all runs the same, apart from input of the lab. Works only for a guest that is `counted`.
    pub repeatable: Option<Repeatable>,
    /// Kernel parameters that are added after the lab's own.
    pub append: String,
    /// The time limit for a command, or for loading a module.
    pub timeout: Option<Duration>,
    /// Whether to show the guest's console on standard error.
    pub verbose: bool,
    /// Files for the guest's root file system, in addition to the image's.
    pub files: Vec<GuestFile>,
    /// Whether to boot even if there is a snapshot to resume from.
    pub cold: bool,
}

/// Addresses in the guest's kernel that matter if all runs are to be the same.
#[derive(Clone)]
pub struct Repeatable {
    /// The address of an instruction before which the guest stops.
    pub stop_at: u64,
    /// The kernel's idle loop, which is left out of the log of instructions.
    pub idle: Range<u64>,
}

/// The most bytes to send to a resumed guest. Beyond this, booting with them is faster.
const MOST_TO_SEND: u64 = 16 << 20;

impl Options {
    /// Returns whether the guest must boot: its user asks for it, wants to see it,
    /// or passes kernel parameters. A guest that counts instructions boots so that
    /// all runs are the same. On KVM a boot is fast, and resuming is untested.
    pub fn must_boot(&self, accelerator: Accelerator) -> bool {
        self.cold
            || self.verbose
            || self.counted
            || !self.append.is_empty()
            || accelerator == Accelerator::Kvm
            || self.bytes() > MOST_TO_SEND
    }

    /// Returns how many bytes may be sent to a resumed guest in addition to these files.
    pub fn most_to_send(&self) -> u64 {
        MOST_TO_SEND.saturating_sub(self.bytes())
    }

    fn bytes(&self) -> u64 {
        self.files.iter().map(GuestFile::size).sum()
    }
}
