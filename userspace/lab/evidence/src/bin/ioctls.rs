// SPDX-License-Identifier: MIT OR Apache-2.0

//! `ioctls DEVICE NUMBER...`: calls each ioctl with the argument 0 on a new descriptor of each kind,
//! and prints the results.
//!
//! ```text
//! 44545 fd EINVAL EINVAL
//! ```
//!
//! A line for each number: the results on the device, on a VM and on a vCPU. A result is `fd` for a
//! new descriptor, a number, an errno, or the signal that ended the call.

use std::collections::BTreeSet;
use std::env;
use std::io::{PipeReader, Read, Write, pipe};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::libc;
use nix::sys::stat::Mode;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, alarm, fork};

/// `KVM_CREATE_VM`, with machine type 0, and `KVM_CREATE_VCPU`, with id 0.
const MAKE: [u64; 2] = [0xae01, 0xae41];

/// The time limit of a call, in seconds.
const PATIENCE: u32 = 20;

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let usage = "usage: ioctls DEVICE NUMBER...";
    let device = arguments.next().context(usage)?;
    for number in arguments {
        let number = number.parse().context(usage)?;
        let mut line = format!("{number}");
        // The device, a VM, a vCPU: one, two or three descriptors, each created by the one before.
        for makes in 0..=MAKE.len() {
            line += " ";
            line += &in_child(|| answer(&device, &MAKE[..makes], number))?;
        }
        println!("{line}");
    }
    Ok(())
}

/// Makes the ioctl on a new descriptor of the device, or on one created from it by `makes`.
fn answer(device: &str, makes: &[u64], number: u64) -> Result<String> {
    let mut descriptors = vec![open(
        device,
        OFlag::O_RDWR | OFlag::O_CLOEXEC,
        Mode::empty(),
    )?];
    for make in makes {
        let last = descriptors.last().context("there is a device")?;
        let made = ioctl(last.as_raw_fd(), *make)?;
        // SAFETY: The ioctls in `MAKE` return a new descriptor, which nothing else owns.
        descriptors.push(unsafe { OwnedFd::from_raw_fd(made) });
    }
    let last = descriptors.last().context("there is a device")?;
    let before = open_descriptors();
    Ok(match ioctl(last.as_raw_fd(), number) {
        Err(errno) => format!("{errno:?}"),
        Ok(result) => {
            let is_new = !before.contains(&result) && open_descriptors().contains(&result);
            match is_new {
                true => "fd".to_owned(),
                false => result.to_string(),
            }
        }
    })
}

fn ioctl(fd: RawFd, number: u64) -> nix::Result<i32> {
    // SAFETY: If the kernel takes 0 for an address, nothing is mapped there: `EFAULT`.
    Errno::result(unsafe { libc::ioctl(fd, number, 0) })
}

/// Returns the open descriptors below 32. A new descriptor gets the lowest free number.
fn open_descriptors() -> BTreeSet<RawFd> {
    let is_open = |number: &RawFd| {
        // SAFETY: The call only reads the table of descriptors.
        unsafe { libc::fcntl(*number, libc::F_GETFD) >= 0 }
    };
    (0..32).filter(is_open).collect()
}

/// Asks in a child, which has no descriptors of earlier calls, and which `alarm` kills if it hangs.
fn in_child(ask: impl FnOnce() -> Result<String>) -> Result<String> {
    let (from_child, mut to_parent) = pipe()?;
    // SAFETY: There is no other thread.
    match unsafe { fork() }? {
        ForkResult::Child => {
            drop(from_child);
            alarm::set(PATIENCE);
            let answer = ask().unwrap_or_else(|error| format!("{error:#}"));
            let written = to_parent.write_all(answer.as_bytes());
            // SAFETY: Ends the process. `exit` would flush what the parent has buffered.
            unsafe { libc::_exit(written.is_err().into()) }
        }
        ForkResult::Parent { child } => {
            drop(to_parent);
            let answer = read(from_child)?;
            Ok(match waitpid(child, None)? {
                WaitStatus::Signaled(_, signal, _) => signal.to_string(),
                _ => answer,
            })
        }
    }
}

fn read(mut from_child: PipeReader) -> Result<String> {
    let mut answer = String::new();
    from_child.read_to_string(&mut answer)?;
    Ok(answer)
}
