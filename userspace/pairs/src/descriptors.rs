// SPDX-License-Identifier: MIT OR Apache-2.0

//! The program's open descriptors.

use std::fs;
use std::os::fd::RawFd;
use std::path::PathBuf;

use anyhow::Context;
use nix::fcntl::OFlag;

/// Prints each descriptor that this program has opened, as `ls -l /proc/self/fd` would:
/// `3 -> /dev/kvm`.
pub fn print_descriptors() -> anyhow::Result<()> {
    for (fd, target) in own_descriptors()? {
        println!("{fd} -> {}", target.display());
    }
    Ok(())
}

/// Returns the descriptors that were not inherited, sorted by number, each with its target.
///
/// A descriptor inherited through `execve(2)` cannot be `O_CLOEXEC`; Rust opens all files so.
fn own_descriptors() -> anyhow::Result<Vec<(RawFd, PathBuf)>> {
    let fds = fs::read_dir("/proc/self/fd")
        .context("cannot list /proc/self/fd: is /proc mounted?")?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().parse()?))
        .collect::<anyhow::Result<Vec<RawFd>>>()?;

    let mut own = Vec::new();
    for fd in fds {
        // The listing had a descriptor of its own, which is closed by now.
        let Ok(target) = fs::read_link(format!("/proc/self/fd/{fd}")) else {
            continue;
        };
        if closes_on_exec(fd)? {
            own.push((fd, target));
        }
    }
    own.sort();
    Ok(own)
}

/// Returns whether the descriptor is `O_CLOEXEC`: its fdinfo has the flags in octal.
fn closes_on_exec(fd: RawFd) -> anyhow::Result<bool> {
    let path = format!("/proc/self/fdinfo/{fd}");
    let info = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    let flags = info
        .lines()
        .find_map(|line| line.strip_prefix("flags:"))
        .with_context(|| format!("{path} has no flags"))?;
    let flags = i32::from_str_radix(flags.trim(), 8)?;
    Ok(OFlag::from_bits_retain(flags).contains(OFlag::O_CLOEXEC))
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::fd::AsRawFd;

    use nix::fcntl::{FcntlArg, FdFlag, fcntl};

    use super::*;

    #[test]
    fn what_the_program_opened_is_listed_and_what_it_inherited_is_not() {
        let opened = File::open("/dev/null").unwrap();
        let inherited = File::open("/dev/null").unwrap();
        fcntl(&inherited, FcntlArg::F_SETFD(FdFlag::empty())).unwrap();

        let listed = own_descriptors().unwrap();

        let null = PathBuf::from("/dev/null");
        assert!(listed.contains(&(opened.as_raw_fd(), null)), "{listed:?}");
        for fd in [0, 1, 2, inherited.as_raw_fd()] {
            assert!(listed.iter().all(|(listed, _)| *listed != fd), "{listed:?}");
        }
    }
}
