// SPDX-License-Identifier: MIT OR Apache-2.0

//! Namespaces of a sandbox's own: in them there is no process but those of the sandbox.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::process::{Command, ExitStatus};

use anyhow::Result;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{getgid, getpid, getuid};

use super::confined;

/// Says that this process is in them already.
const WITHIN: &str = "HIBOMA_WITHIN";

/// Where the kernel tells of processes.
const PROC: &str = "/proc";

/// Starts this program once more in namespaces of its own, and returns how that ended. `None` where this is
/// already within them, or the kernel does not let us have any.
pub fn enter(arguments: &[OsString]) -> Result<Option<ExitStatus>> {
    if env::var_os(WITHIN).is_some() {
        // It is process 1 there; everything ends with it.
        let (none, private) = (None::<&str>, MsFlags::MS_REC | MsFlags::MS_PRIVATE);
        // A container may not let us. Then others' processes are seen; Landlock keeps their memory.
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
    let of = |file: &str| format!("{PROC}/{}/{file}", getpid());
    fs::write(of("setgroups"), "deny")?;
    fs::write(of("uid_map"), format!("{uid} {uid} 1"))?;
    fs::write(of("gid_map"), format!("{gid} {gid} 1"))?;
    let mut within = Command::new(confined::SELF);
    within.args(arguments).env(WITHIN, "1");
    Ok(Some(within.status()?))
}
