// SPDX-License-Identifier: MIT OR Apache-2.0

//! Linux distributions, distinguished by the names of their packages.

use std::fs;

use duct::cmd;

use super::apt;

/// Distributions that share a package manager and mostly also the names of packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distribution {
    /// Debian and its derivatives, except Ubuntu.
    Debian,
    /// Ubuntu, whose apt knows no Debian mirror.
    Ubuntu,
    /// Fedora and its relatives.
    Fedora,
    /// Arch and its derivatives.
    Arch,
    /// openSUSE.
    Suse,
    /// Any other.
    Other,
}

impl Distribution {
    /// Returns this machine's distribution, from `/etc/os-release`.
    pub fn here() -> Distribution {
        Distribution::from_os_release(&os_release())
    }

    fn from_os_release(text: &str) -> Distribution {
        let (id, like) = (value(text, "ID="), value(text, "ID_LIKE="));
        let mut names = id.split(' ').chain(like.split(' '));
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

    /// Returns the command that installs packages.
    pub fn install_command(self) -> &'static str {
        match self {
            Distribution::Debian | Distribution::Ubuntu => apt::INSTALL,
            Distribution::Fedora => "dnf install",
            Distribution::Arch => "pacman -S",
            Distribution::Suse => "zypper install",
            Distribution::Other => "install",
        }
    }

    /// Returns whether `cargo lab setup` can install packages by itself.
    pub fn has_apt(self) -> bool {
        matches!(self, Distribution::Debian | Distribution::Ubuntu)
    }
}

/// A release of a distribution.
pub struct Release {
    /// e.g. `12`.
    pub number: String,
    /// e.g. `bookworm`.
    pub codename: String,
}

impl Release {
    /// Returns this machine's release, from `/etc/os-release`.
    pub fn here() -> Release {
        Release::from_os_release(&os_release())
    }

    fn from_os_release(text: &str) -> Release {
        Release {
            number: value(text, "VERSION_ID=").to_owned(),
            codename: value(text, "VERSION_CODENAME=").to_owned(),
        }
    }
}

fn os_release() -> String {
    fs::read_to_string("/etc/os-release").unwrap_or_default()
}

/// Returns the value of a key in `/etc/os-release`, or an empty string.
fn value<'a>(text: &'a str, key: &str) -> &'a str {
    let mut lines = text.lines();
    let value = lines.find_map(|line| line.strip_prefix(key));
    value.unwrap_or_default().trim_matches('"')
}

/// Returns the newest version of LLVM that apt offers: Debian has several in parallel.
pub fn newest_llvm() -> Option<u32> {
    let names = cmd!("apt-cache", "pkgnames", "libclang1-")
        .stderr_null()
        .read()
        .ok()?;
    // The names include packages that do not exist, but that others mention.
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

    #[test]
    fn a_release_has_a_number_and_a_codename() {
        let text = "VERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\nID=debian\n";
        let release = Release::from_os_release(text);
        assert_eq!(release.number, "12");
        assert_eq!(release.codename, "bookworm");
    }
}
