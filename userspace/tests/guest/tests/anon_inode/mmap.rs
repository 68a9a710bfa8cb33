// SPDX-License-Identifier: MIT OR Apache-2.0

//! `mmap(2)` of a descriptor: memory that kernel and program share,
//! like KVM's `struct kvm_run`. `anon_inode_sample.ko` has such a page.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

use guest_tests::sample_uapi::*;
use guest_tests::{Sample, in_child};
use memmap2::{MmapOptions, MmapRaw};
use nix::errno::Errno;

const PAGE_SIZE: usize = 4096;

fn map(page: &OwnedFd) -> MmapRaw {
    let mapping = MmapOptions::new().len(PAGE_SIZE).map_raw(page.as_raw_fd());
    mapping.unwrap()
}

fn first_byte(mapping: &MmapRaw) -> u8 {
    // SAFETY: The mapping is a page long; others may write to it, hence volatile.
    unsafe { mapping.as_ptr().read_volatile() }
}

fn set_first_byte(mapping: &MmapRaw, byte: u8) {
    // SAFETY: As in `first_byte`.
    unsafe { mapping.as_mut_ptr().write_volatile(byte) }
}

#[test]
fn mappings_of_a_file_show_the_same_page() {
    let sample = Sample::load();
    let page = sample.make(SAMPLE_GETFD_NR).unwrap();
    let (first, second) = (map(&page), map(&page));
    assert_eq!(first_byte(&second), 0);
    set_first_byte(&first, 42);
    assert_eq!(first_byte(&second), 42);
    assert_eq!(first_byte(&map(&page)), 42);
}

#[test]
fn each_file_has_its_own_page() {
    let sample = Sample::load();
    let (one, other) = (sample.make(SAMPLE_GETFD_NR), sample.make(SAMPLE_GETFD_NR));
    set_first_byte(&map(&one.unwrap()), 42);
    assert_eq!(first_byte(&map(&other.unwrap())), 0);
}

#[test]
fn processes_share_it() {
    let sample = Sample::load();
    let mapping = map(&sample.make(SAMPLE_GETFD_NR).unwrap());
    in_child(|| set_first_byte(&mapping, 42));
    assert_eq!(first_byte(&mapping), 42);
}

#[test]
fn a_mapping_keeps_the_file() {
    let sample = Sample::load();
    let page = sample.make(SAMPLE_GETFD_NR).unwrap();
    let mapping = map(&page);
    set_first_byte(&mapping, 42);
    drop(page);
    assert_eq!(sample.live(), 1);
    assert_eq!(sample.module.references(), 2, "the device and the page");
    assert_eq!(first_byte(&mapping), 42);
    drop(mapping);
    assert_eq!(sample.live(), 0);
}

#[test]
fn anything_but_one_shared_page_is_einval() {
    let sample = Sample::load();
    let page = sample.make(SAMPLE_GETFD_NR).unwrap();
    let errno = |error: io::Error| error.raw_os_error().map(Errno::from_raw);

    let two_pages = MmapOptions::new()
        .len(2 * PAGE_SIZE)
        .map_raw(page.as_raw_fd());
    assert_eq!(two_pages.map_err(errno).err(), Some(Some(Errno::EINVAL)));

    // SAFETY: Nothing changes the page.
    let private = unsafe { MmapOptions::new().len(PAGE_SIZE).map_copy(&page) };
    assert_eq!(private.map_err(errno).err(), Some(Some(Errno::EINVAL)));
}
