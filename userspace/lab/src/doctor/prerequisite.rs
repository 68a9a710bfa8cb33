// SPDX-License-Identifier: MIT OR Apache-2.0

//! The prerequisites that a machine must meet before the lab can build and boot a kernel.

use std::fmt::{self, Display, Formatter};

use anyhow::Result;
use serde::Deserialize;
use version_compare::{Cmp, compare_to};

use super::distribution::Distribution;
use super::probe;

/// One prerequisite: an entry of `prerequisites.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prerequisite {
    /// Its name, which also selects its probe in `probe.rs`.
    pub name: String,
    /// Its purpose.
    pub purpose: String,
    /// The oldest version that works, if that matters.
    pub wanted: Option<String>,
    /// The extra that needs it, if the lab itself does not.
    pub only_for: Option<Extra>,
    debian: Vec<String>,
    ubuntu: Option<Vec<String>>,
    fedora: Vec<String>,
    arch: Vec<String>,
    suse: Vec<String>,
}

/// Extras that the lab itself can do without.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Extra {
    /// `make test`.
    Tests,
    /// `cargo lab debug`, which `make test` runs too.
    Gdb,
    /// The kernel of `--kernel debug`.
    DebugKernel,
}

impl Extra {
    /// All of them.
    pub const ALL: [Extra; 3] = [Extra::Tests, Extra::Gdb, Extra::DebugKernel];
}

impl Display for Extra {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Extra::Tests => "`make test`",
            Extra::Gdb => "`cargo lab debug`",
            Extra::DebugKernel => "the debug kernel",
        })
    }
}

/// Returns all of them, in the order in which they are needed.
pub fn all() -> Result<Vec<Prerequisite>> {
    #[derive(Deserialize)]
    struct File {
        prerequisite: Vec<Prerequisite>,
    }
    let file: File = toml::from_str(include_str!("prerequisites.toml"))?;
    Ok(file.prerequisite)
}

impl Prerequisite {
    /// Returns the version or the path that was found, or the reason why it was not.
    pub fn found(&self) -> Result<String> {
        probe::find(&self.name)
    }

    /// Returns whether the version that was found is new enough.
    pub fn accepts(&self, found: &str) -> bool {
        let wanted = self.wanted.as_ref();
        wanted.is_none_or(|wanted| compare_to(found, wanted, Cmp::Ge) == Ok(true))
    }

    /// Returns whether the machine has it, and new enough.
    pub fn is_met(&self) -> bool {
        self.found().is_ok_and(|found| self.accepts(&found))
    }

    /// Returns the packages that contain it; none if the distribution has none.
    pub fn packages(&self, distribution: Distribution) -> &[String] {
        match distribution {
            Distribution::Debian => &self.debian,
            Distribution::Ubuntu => self.ubuntu.as_ref().unwrap_or(&self.debian),
            Distribution::Fedora => &self.fedora,
            Distribution::Arch => &self.arch,
            Distribution::Suse => &self.suse,
            Distribution::Other => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prerequisite_has_a_probe() {
        for prerequisite in all().unwrap() {
            assert!(probe::knows(&prerequisite.name), "{}", prerequisite.name);
        }
    }

    #[test]
    fn an_old_version_will_not_do() {
        let all = all().unwrap();
        let qemu = all
            .iter()
            .find(|prerequisite| prerequisite.name == "QEMU")
            .unwrap();
        assert!(!qemu.accepts("5.2.0"));
        assert!(qemu.accepts("7.2.22"));
        assert!(qemu.accepts("10.0.2"));
    }
}
