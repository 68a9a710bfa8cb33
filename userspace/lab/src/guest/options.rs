// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a guest may be booted with.

use std::time::Duration;

use super::accelerator::Accelerator;
use crate::image::GuestFile;

/// How to boot a guest.
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
}
