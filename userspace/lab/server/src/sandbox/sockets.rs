// SPDX-License-Identifier: MIT OR Apache-2.0

//! No sockets, be it for the network or to another process of this machine: a compiler needs none. Landlock closes
//! only TCP, and the kernel may grant no namespaces.

use std::collections::BTreeMap;
use std::env::consts::ARCH;

use anyhow::Result;
use nix::libc::{EACCES, SYS_io_uring_setup, SYS_socket};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter};

/// What the number of a system call has besides where it is one of x32's. One of i386's ends the process.
const X32: i64 = 0x4000_0000;

/// Has `socket` fail from now on with `EACCES`, and what would do the same. `socketpair` stays.
pub fn forbid() -> Result<()> {
    let calls = [SYS_socket, SYS_io_uring_setup];
    let calls = calls.into_iter().flat_map(|call| [call, call | X32]);
    // Whatever the arguments are.
    let rules = calls
        .map(|call| (call, Vec::new()))
        .collect::<BTreeMap<_, _>>();
    let refused = SeccompAction::Errno(EACCES as u32);
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refused, ARCH.try_into()?)?;
    Ok(apply_filter(&BpfProgram::try_from(filter)?)?)
}
