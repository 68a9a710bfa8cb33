// SPDX-License-Identifier: MIT OR Apache-2.0

//! Distributions of Linux, so far as they differ in names of packages.

use std::fs;

use duct::cmd;

/// Distributions that share a package manager and, by and large, the names of packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distribution {
    /// Debian and what is made from it, apart from Ubuntu.
    Debian,
    /// Ubuntu, whose apt knows no mirror of Debian's.
    Ubuntu,
    /// Fedora and its kin.
    Fedora,
    /// Arch and its kin.
    Arch,
    /// openSUSE.
    Suse,
    /// Any other.
    Other,
}

impl Distribution {
    /// This machine's, by `/etc/os-release`.
    pub fn here() -> Distribution {
        Distribution::from_os_release(&fs::read_to_string("/etc/os-release").unwrap_or_default())
    }

    fn from_os_release(text: &str) -> Distribution {
        let value = |key: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(key))
                .unwrap_or("")
                .trim_matches('"')
        };
        let mut names = value("ID=").split(' ').chain(value("ID_LIKE=").split(' '));
        names
            .find_map(|name| match name {
                "debian" => Some(Distribution::Debian),
                "ubuntu" => Some(Distribution::Ubuntu),
                "fedora" | "rhel" | "centos" => Some(Distribution::Fedora),
                "arch" => Some(Distribution::Arch),
                "suse" | "opensuse" | "opensuse-tumbleweed" => Some(Distribution::Suse),
                _ => None,
            })
            .unwrap_or(Distribution::Other)
    }

    /// The command that installs packages.
    pub fn install_command(self) -> &'static str {
        match self {
            Distribution::Debian | Distribution::Ubuntu => {
                "apt-get install --yes --no-install-recommends"
            }
            Distribution::Fedora => "dnf install",
            Distribution::Arch => "pacman -S",
            Distribution::Suse => "zypper install",
            Distribution::Other => "install",
        }
    }

    /// Whether `cargo lab setup` may install packages by itself.
    pub fn has_apt(self) -> bool {
        matches!(self, Distribution::Debian | Distribution::Ubuntu)
    }
}

/// The newest version of LLVM that apt offers: Debian has several side by side.
pub fn newest_llvm() -> Option<u32> {
    let names = cmd!("apt-cache", "pkgnames", "libclang1-")
        .stderr_null()
        .read()
        .ok()?;
    // Among the names are some of packages that others only mention.
    let offered = |version: &u32| {
        let package = format!("libclang1-{version}");
        cmd!("apt-cache", "madison", package)
            .read()
            .is_ok_and(|lines| !lines.is_empty())
    };
    let versions = names
        .lines()
        .filter_map(|name| name.strip_prefix("libclang1-")?.parse().ok());
    versions.filter(offered).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_count_as_what_they_are_made_from() {
        let of = Distribution::from_os_release;
        assert_eq!(of("ID=debian\n"), Distribution::Debian);
        assert_eq!(
            of("NAME=\"Ubuntu\"\nID=ubuntu\nID_LIKE=debian\n"),
            Distribution::Ubuntu
        );
        assert_eq!(
            of("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"),
            Distribution::Ubuntu
        );
        assert_eq!(
            of("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n"),
            Distribution::Fedora
        );
        assert_eq!(of("ID=nixos\n"), Distribution::Other);
    }
}
