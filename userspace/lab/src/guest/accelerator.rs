// SPDX-License-Identifier: MIT OR Apache-2.0

//! What executes the guest's instructions.

use std::fmt;

use anyhow::{Result, bail};

use super::host_kvm;

/// An accelerator, in QEMU's word for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Accelerator {
    /// The host's CPU, by /dev/kvm.
    Kvm,
    /// QEMU's emulation of a CPU (Tiny Code Generator), which works everywhere.
    Tcg,
}

impl Accelerator {
    /// Fails if it cannot be used, with an error that says what to do.
    pub fn check(self) -> Result<()> {
        if self == Accelerator::Kvm
            && let Err(reason) = host_kvm::usable()
        {
            bail!("{reason}. For KVM: {}", reason.advice());
        }
        Ok(())
    }

    /// Returns KVM if it can be used, and emulation otherwise.
    pub fn best() -> Self {
        match host_kvm::usable() {
            Ok(()) => Accelerator::Kvm,
            Err(_) => Accelerator::Tcg,
        }
    }
}

impl fmt::Display for Accelerator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Accelerator::Kvm => "kvm",
            Accelerator::Tcg => "tcg",
        })
    }
}
