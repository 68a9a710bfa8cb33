// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Mode`]: the mode of the CPU that a program runs in.

use clap::ValueEnum;

/// A CPU mode: the interpreter implements only real mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// 16 bits
    Real,
    /// 32 bits, without paging
    Protected,
    /// 32 bits, paging
    Paged,
    /// 32 bits, paging with PAE
    Pae,
    /// 64 bits
    Long,
}

impl Mode {
    /// Returns the number of bits of code.
    pub fn bits(self) -> u32 {
        match self {
            Mode::Real => 16,
            Mode::Protected | Mode::Paged | Mode::Pae => 32,
            Mode::Long => 64,
        }
    }

    /// Returns whether the mode uses page tables.
    pub fn has_paging(self) -> bool {
        matches!(self, Mode::Paged | Mode::Pae | Mode::Long)
    }

    /// Returns the devices that run such programs. The first one is the reference.
    pub fn devices(self) -> &'static [&'static str] {
        match self {
            Mode::Real => &["/dev/kvm", "/dev/hiboma"],
            _ => &["/dev/kvm", "/dev/hiboma-svm"],
        }
    }
}
