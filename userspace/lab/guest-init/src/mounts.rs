// SPDX-License-Identifier: MIT OR Apache-2.0

//! Sets up `/proc`, `/sys` and `/dev` as programs expect them. Everything else, `/tmp` included, is
//! in the root file system, which is in memory itself.

use std::os::unix::fs::symlink;
use std::{env, fs};

use anyhow::{Context, Result};
use lab_protocol::HOME;
use nix::errno::Errno;
use nix::mount::{MsFlags, mount};

/// The type of each file system, its mount point, and its options.
const FILE_SYSTEMS: &[(&str, &str, &str)] = &[
    ("proc", "/proc", ""),
    ("sysfs", "/sys", ""),
    ("devtmpfs", "/dev", ""),
    ("devpts", "/dev/pts", "ptmxmode=0666"),
];

/// File systems that a kernel may lack, with their mount points in sysfs.
const IF_THERE: &[(&str, &str)] = &[
    ("cgroup2", "/sys/fs/cgroup"),
    ("debugfs", "/sys/kernel/debug"),
    ("tracefs", "/sys/kernel/tracing"),
];

/// Links that devtmpfs does not create, but shell scripts expect.
const LINKS: &[(&str, &str)] = &[
    ("/proc/self/fd", "/dev/fd"),
    ("/proc/self/fd/0", "/dev/stdin"),
    ("/proc/self/fd/1", "/dev/stdout"),
    ("/proc/self/fd/2", "/dev/stderr"),
];

/// Mounts all of them, and changes to the directory in which commands start.
pub fn mount_all() -> Result<()> {
    for &(kind, target, options) in FILE_SYSTEMS {
        fs::create_dir_all(target).with_context(|| format!("cannot make {target}"))?;
        mount(
            Some(kind),
            target,
            Some(kind),
            MsFlags::empty(),
            Some(options),
        )
        .with_context(|| format!("cannot mount {kind} on {target}"))?;
    }
    for &(kind, target) in IF_THERE {
        match mount(
            Some(kind),
            target,
            Some(kind),
            MsFlags::empty(),
            None::<&str>,
        ) {
            // This kernel was built without it.
            Err(Errno::ENODEV | Errno::ENOENT) => {}
            mounted => mounted.with_context(|| format!("cannot mount {kind} on {target}"))?,
        }
    }
    for &(original, link) in LINKS {
        symlink(original, link).with_context(|| format!("cannot make {link}"))?;
    }
    for directory in ["/tmp", HOME] {
        fs::create_dir_all(directory).with_context(|| format!("cannot make {directory}"))?;
    }
    env::set_current_dir(HOME).with_context(|| format!("cannot go to {HOME}"))
}
