// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Mode`]: the mode of the CPU that a program runs in.

use clap::ValueEnum;

/// What the interpreter has, and what only a CPU has.
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
    /// How many bits code has.
    pub fn bits(self) -> u32 {
        match self {
            Mode::Real => 16,
            Mode::Protected | Mode::Paged | Mode::Pae => 32,
            Mode::Long => 64,
        }
    }

    /// Whether addresses go through page tables.
    pub fn has_paging(self) -> bool {
        matches!(self, Mode::Paged | Mode::Pae | Mode::Long)
    }

    /// The devices that run such programs. The first one is right.
    pub fn devices(self) -> &'static [&'static str] {
        match self {
            Mode::Real => &["/dev/kvm", "/dev/hiboma"],
            _ => &["/dev/kvm", "/dev/hiboma-svm"],
        }
    }
}
