// SPDX-License-Identifier: MIT OR Apache-2.0

//! `HIBOMA_ANON_COUNT`: the state belongs to the open file, and all its descriptors share it.

use std::fs;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Barrier;
use std::thread;

use guest_tests::{Guest, in_child, raw};
use hiboma::AnonFd;
use nix::errno::Errno;

fn duplicate(anon: &AnonFd) -> AnonFd {
    anon.as_fd().try_clone_to_owned().unwrap().into()
}

#[test]
fn it_counts_from_1() {
    let guest = Guest::lock();
    let anon = guest.device().open_fd().unwrap();
    for count in 1..=5 {
        assert_eq!(anon.count(), Ok(count));
    }
}

#[test]
fn each_open_fd_starts_anew() {
    let guest = Guest::lock();
    let device = guest.device();
    let first = device.open_fd().unwrap();
    assert_eq!(first.count(), Ok(1));
    let second = device.open_fd().unwrap();
    assert_eq!(second.count(), Ok(1));
    assert_eq!(first.count(), Ok(2));
}

#[test]
fn dup_shares_it() {
    let guest = Guest::lock();
    let first = guest.device().open_fd().unwrap();
    let second = duplicate(&first);
    assert_eq!(first.count(), Ok(1));
    assert_eq!(second.count(), Ok(2));
    drop(first);
    assert_eq!(second.count(), Ok(3));
}

/// KVM is stricter: a VM belongs to the process that created
/// it, and ioctls from any other process return `EIO`.
#[test]
fn fork_shares_it() {
    let guest = Guest::lock();
    let anon = guest.device().open_fd().unwrap();
    assert_eq!(anon.count(), Ok(1));
    in_child(|| assert_eq!(anon.count(), Ok(2)));
    assert_eq!(anon.count(), Ok(3));

    let [_, vm] = guest.descriptors();
    in_child(|| assert_eq!(raw::ioctl(&vm, 0x7777, 0), Err(Errno::EIO)));
}

#[test]
fn no_call_is_lost_between_threads() {
    const THREADS: u32 = 2;
    const CALLS: u32 = 20_000;
    let guest = Guest::lock();
    let anon = guest.device().open_fd().unwrap();
    let start = Barrier::new(THREADS as usize);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                start.wait();
                for _ in 0..CALLS {
                    anon.count().unwrap();
                }
            });
        }
    });
    assert_eq!(anon.count(), Ok(THREADS * CALLS + 1));
}

/// For debugging and learning; reading it does not count.
#[test]
fn fdinfo_shows_it() {
    let guest = Guest::lock();
    let anon = guest.device().open_fd().unwrap();
    let path = format!("/proc/self/fdinfo/{}", anon.as_raw_fd());
    let line = || {
        let info = fs::read_to_string(&path).unwrap();
        let line = info.lines().find(|line| line.starts_with("hiboma-count:"));
        line.unwrap_or_else(|| panic!("no such line in {info:?}"))
            .to_owned()
    };
    assert_eq!(line(), "hiboma-count:\t0");
    assert_eq!(anon.count(), Ok(1));
    assert_eq!(anon.count(), Ok(2));
    assert_eq!(line(), "hiboma-count:\t2");
    assert_eq!(line(), "hiboma-count:\t2");
}
