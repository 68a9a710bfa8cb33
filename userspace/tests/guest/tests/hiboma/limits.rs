// SPDX-License-Identifier: MIT OR Apache-2.0

//! `HIBOMA_OPEN_FD` leaks nothing if it cannot create a descriptor.

use std::os::fd::AsRawFd;

use guest_tests::{FileMax, Guest, in_child, lowest_free};
use nix::errno::Errno;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::unistd::{Uid, setuid};

#[test]
fn at_the_limit_of_descriptors_it_is_emfile() {
    let guest = Guest::lock();
    let device = guest.device();
    let references = guest.module().references();
    in_child(|| {
        let free = lowest_free(&device);
        let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
        setrlimit(Resource::RLIMIT_NOFILE, free as u64, hard).unwrap();
        for _ in 0..100 {
            assert_eq!(device.open_fd().err(), Some(Errno::EMFILE));
        }
        setrlimit(Resource::RLIMIT_NOFILE, soft, hard).unwrap();
        assert_eq!(device.open_fd().unwrap().as_raw_fd(), free);
    });
    assert_eq!(guest.module().references(), references);
}

/// Here creating the file fails after the number is reserved: the number is released.
#[test]
fn at_the_limit_of_open_files_it_is_enfile() {
    let guest = Guest::lock();
    let device = guest.device();
    let references = guest.module().references();
    let _reached = FileMax::reached();
    in_child(|| {
        let free = lowest_free(&device);
        // The limit does not apply to a process with CAP_SYS_ADMIN.
        setuid(Uid::from_raw(65534)).unwrap();
        for _ in 0..100 {
            assert_eq!(device.open_fd().err(), Some(Errno::ENFILE));
        }
        assert_eq!(lowest_free(&device), free);
    });
    assert_eq!(guest.module().references(), references);
}
