// SPDX-License-Identifier: MIT OR Apache-2.0

//! No sockets, neither for the network nor to another process of this machine: a compiler
//! needs none. Landlock restricts only TCP, and the kernel may not allow namespaces.

use std::collections::BTreeMap;
use std::env::consts::ARCH;

use anyhow::Result;
use nix::libc::{EACCES, SYS_io_uring_setup, SYS_socket};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter};

/// The bit of x32's system call numbers. A call by i386's numbers kills the process.
const X32: i64 = 0x4000_0000;

/// Makes `socket` and its equivalents fail with `EACCES` from now on. `socketpair` stays.
pub fn forbid() -> Result<()> {
    let calls = [SYS_socket, SYS_io_uring_setup];
    let calls = calls.into_iter().flat_map(|call| [call, call | X32]);
    // With any arguments.
    let rules = calls
        .map(|call| (call, Vec::new()))
        .collect::<BTreeMap<_, _>>();
    let refused = SeccompAction::Errno(EACCES as u32);
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refused, ARCH.try_into()?)?;
    Ok(apply_filter(&BpfProgram::try_from(filter)?)?)
}
