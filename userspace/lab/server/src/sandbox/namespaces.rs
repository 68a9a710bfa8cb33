// SPDX-License-Identifier: MIT OR Apache-2.0

//! A sandbox's own namespaces, which contain only its own processes.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::process::{Command, ExitStatus};

use anyhow::Result;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{getgid, getpid, getuid};

use super::confined;

/// Marks a process that is already in them.
const WITHIN: &str = "HIBOMA_WITHIN";

/// The mount point of procfs.
const PROC: &str = "/proc";

/// Starts this program again in its own namespaces, and returns its exit status.
/// `None` if this process is already in them, or if the kernel does not allow them.
pub fn enter(arguments: &[OsString]) -> Result<Option<ExitStatus>> {
    if env::var_os(WITHIN).is_some() {
        // This is process 1 of the namespace; when it ends, all end.
        let (none, private) = (None::<&str>, MsFlags::MS_REC | MsFlags::MS_PRIVATE);
        // A container may forbid this. Then others' processes are visible; Landlock guards memory.
        let _ = mount(none, "/", none, private, none)
            .and_then(|()| mount(Some("proc"), PROC, Some("proc"), MsFlags::empty(), none));
        return Ok(None);
    }
    let (uid, gid) = (getuid(), getgid());
    let all = CloneFlags::CLONE_NEWUSER
        | CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWPID
        | CloneFlags::CLONE_NEWIPC;
    if unshare(all).is_err() {
        return Ok(None);
    }
    // AppArmor on Ubuntu grants the namespaces, and then refuses this. Without it, the sandbox has no
    // name for its user, and no own /proc; the rights on files are the same.
    let of = |file: &str| format!("{PROC}/{}/{file}", getpid());
    let _ = fs::write(of("setgroups"), "deny")
        .and_then(|()| fs::write(of("uid_map"), format!("{uid} {uid} 1")))
        .and_then(|()| fs::write(of("gid_map"), format!("{gid} {gid} 1")));
    let mut within = Command::new(confined::SELF);
    within.args(arguments).env(WITHIN, "1");
    Ok(Some(within.status()?))
}
