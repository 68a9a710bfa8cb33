// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a guest may be started with.

use std::time::Duration;

use super::accelerator::Accelerator;
use crate::image::GuestFile;

/// How to start a guest.
#[derive(Default)]
pub struct Options {
    /// The best that works, where none is given.
    pub accelerator: Option<Accelerator>,
    /// How many CPUs; one, where no number is given. Each costs boot time.
    pub cpus: Option<u8>,
    /// How much memory in MiB; what the kernel and the files need, where no number is given.
    pub memory_mib: Option<u64>,
    /// Have the time pass with the instructions, one nanosecond each, so that a program can count them.
    /// Only emulation can do this, and only with one CPU.
    pub counted: bool,
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

/// Many bytes in few files reach a guest by its initramfs sooner.
const MOST_TO_SEND: u64 = 16 << 20;

impl Options {
    /// Whether the guest is to boot: it is wanted, or there is something to be seen of it, or it makes a
    /// difference. One that counts begins from nothing, so that each run is the same. On KVM a boot takes little, and to resume has not been tried there.
    pub fn need_boot(&self, accelerator: Accelerator) -> bool {
        let bytes: u64 = self.files.iter().map(GuestFile::size).sum();
        self.cold
            || self.verbose
            || self.counted
            || !self.append.is_empty()
            || accelerator == Accelerator::Kvm
            || bytes > MOST_TO_SEND
    }
}
