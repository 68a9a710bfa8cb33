// SPDX-License-Identifier: MIT OR Apache-2.0

//! `module/abstractions/anon_inode/`: both ways of creating a descriptor,
//! and the lifetime of the private data, as `anon_inode_sample.ko` shows it.

use std::fs;
use std::os::fd::AsRawFd;
use std::path::Path;

use guest_tests::sample_uapi::*;
use guest_tests::{Cgroup, FileMax, Sample, in_child, lowest_free, raw};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::unistd::{Uid, setuid};

const WAYS: [u32; 2] = [SAMPLE_INSTALL_NR, SAMPLE_GETFD_NR];

#[test]
fn both_ways_make_the_same_kind_of_descriptor() {
    let sample = Sample::load();
    for way in WAYS {
        let page = sample.make(way).unwrap();
        let link = format!("/proc/self/fd/{}", page.as_raw_fd());
        let name = fs::read_link(link).unwrap();
        assert_eq!(name, Path::new("anon_inode:sample-page"), "{way:#x}");

        let file = fcntl(&page, FcntlArg::F_GETFL).map(OFlag::from_bits_retain);
        assert_eq!(file, Ok(OFlag::O_RDWR), "{way:#x}");
        let number = fcntl(&page, FcntlArg::F_GETFD).map(FdFlag::from_bits_retain);
        assert_eq!(number, Ok(FdFlag::FD_CLOEXEC), "{way:#x}");
    }
}

#[test]
fn the_last_close_drops_the_data() {
    let sample = Sample::load();
    for way in WAYS {
        assert_eq!(sample.live(), 0);
        let page = sample.make(way).unwrap();
        let duplicate = page.try_clone().unwrap();
        assert_eq!(sample.live(), 1);
        drop(page);
        assert_eq!(sample.live(), 1);
        drop(duplicate);
        assert_eq!(sample.live(), 0, "{way:#x}");
    }
}

#[test]
fn an_abandoned_file_leaves_nothing() {
    let sample = Sample::load();
    in_child(|| {
        let free = lowest_free(&sample);
        for _ in 0..100 {
            assert_eq!(sample.ask(SAMPLE_ABANDON_NR), Ok(free));
        }
        assert_eq!(lowest_free(&sample), free);
    });
    assert_eq!(sample.live(), 0);
    assert_eq!(
        sample.module.references(),
        1,
        "the device is open, and nothing else"
    );
}

#[test]
fn no_number_left_leaves_nothing() {
    let sample = Sample::load();
    in_child(|| {
        let free = lowest_free(&sample);
        let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
        setrlimit(Resource::RLIMIT_NOFILE, free as u64, hard).unwrap();
        for way in WAYS {
            assert_eq!(sample.make(way).err(), Some(Errno::EMFILE), "{way:#x}");
        }
    });
    assert_eq!(sample.live(), 0);
    assert_eq!(sample.module.references(), 1);
}

#[test]
fn no_file_left_leaves_nothing() {
    let sample = Sample::load();
    let _reached = FileMax::reached();
    in_child(|| {
        let free = lowest_free(&sample);
        setuid(Uid::from_raw(65534)).unwrap();
        for way in WAYS {
            assert_eq!(sample.make(way).err(), Some(Errno::ENFILE), "{way:#x}");
            assert_eq!(lowest_free(&sample), free, "{way:#x}");
        }
    });
    assert_eq!(sample.live(), 0);
    assert_eq!(sample.module.references(), 1);
}

/// A process that creates pages without end reaches its memory cgroup's limit, not the system's.
#[test]
fn its_memory_is_charged_to_the_maker() {
    const PAGES: usize = 256;
    let sample = Sample::load();
    let cgroup = Cgroup::with("memory.max", "max");
    in_child(|| {
        cgroup.enter();
        let before = cgroup.memory_current();
        let made: Vec<_> = (0..PAGES).map(|_| sample.make(SAMPLE_GETFD_NR)).collect();
        assert!(made.iter().all(Result::is_ok));
        let charged = cgroup.memory_current() - before;
        assert!(charged >= PAGES * 4096, "{charged} bytes");
    });
}

#[test]
fn a_32_bit_program_is_told_apart() {
    let sample = Sample::load();
    let page = sample.make(SAMPLE_GETFD_NR).unwrap();
    let word = nix::request_code_none!(SAMPLE_IO, SAMPLE_WORD_NR);
    assert_eq!(raw::ioctl(&page, word, 0), Ok(8));
    in_child(|| assert_eq!(raw::compat_ioctl(&page, word), Ok(4)));
}
