// SPDX-License-Identifier: MIT OR Apache-2.0

//! `O_CLOEXEC`: a program does not hand on its access rights by accident.

use std::os::fd::{AsFd, AsRawFd};
use std::process::{Command, Output};

use guest_tests::Guest;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};

/// Runs another program on the descriptor, after `fork(2)` and `execve(2)`.
fn seen_by_another_program(command: &str, file: &str, fd: impl AsFd) -> Output {
    Command::new(command)
        .arg(format!("/proc/self/{file}/{}", fd.as_fd().as_raw_fd()))
        .output()
        .unwrap_or_else(|error| panic!("{command} must be on PATH: {error}"))
}

#[test]
fn another_program_does_not_have_it() {
    let guest = Guest::lock();
    for descriptor in guest.descriptors() {
        let output = seen_by_another_program("readlink", "fd", &descriptor);
        assert!(!output.status.success(), "{}: {output:?}", descriptor.name);
        assert!(output.stdout.is_empty(), "{}: {output:?}", descriptor.name);
    }
}

#[test]
fn without_the_flag_another_program_has_it() {
    let guest = Guest::lock();
    for descriptor in guest.descriptors() {
        fcntl(&descriptor, FcntlArg::F_SETFD(FdFlag::empty())).unwrap();
        let output = seen_by_another_program("readlink", "fd", &descriptor);
        let link = String::from_utf8_lossy(&output.stdout);
        assert_eq!(link.trim_end(), descriptor.name);
    }
}

#[test]
fn the_other_program_has_the_same_open_file() {
    let guest = Guest::lock();
    let anon = guest.device().open_fd().unwrap();
    fcntl(&anon, FcntlArg::F_SETFD(FdFlag::empty())).unwrap();
    assert_eq!(anon.count(), Ok(1));
    let output = seen_by_another_program("cat", "fdinfo", &anon);
    let info = String::from_utf8_lossy(&output.stdout);
    assert!(info.contains("hiboma-count:\t1\n"), "{output:?}");
}
