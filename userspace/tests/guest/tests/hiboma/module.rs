// SPDX-License-Identifier: MIT OR Apache-2.0

//! insmod and rmmod: the device appears and disappears, but never under an open file.

use std::fs;
use std::mem::forget;
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use guest_tests::{Guest, KernelLog, Module, in_child};
use hiboma::{Hiboma, OpenError, uapi};
use nix::errno::Errno;

#[test]
fn rmmod_is_refused_while_the_device_is_open() {
    let guest = Guest::lock();
    let device = guest.device();
    assert_eq!(guest.module().unload(), Err(Errno::EWOULDBLOCK));
    assert_eq!(device.version(), Ok(110));

    drop(device);
    assert_eq!(guest.module().unload(), Ok(()));
    assert_eq!(guest.module().load(), Ok(()));
}

/// The device is closed: the descriptor's own `file_operations.owner` counts.
#[test]
fn rmmod_is_refused_while_a_descriptor_is_open() {
    let guest = Guest::lock();
    let anon = guest.device().open_fd().unwrap();
    assert_eq!(guest.module().unload(), Err(Errno::EWOULDBLOCK));
    assert_eq!(anon.count(), Ok(1));

    drop(anon);
    assert_eq!(guest.module().unload(), Ok(()));
    assert_eq!(guest.module().load(), Ok(()));
}

#[test]
fn kvm_refuses_as_well() {
    let guest = Guest::lock();
    let names = ["kvm_amd", "kvm_intel"].map(Module::loaded);
    let kvm = names.iter().find(|module| module.is_loaded());
    let kvm = kvm.expect("kvm_amd or kvm_intel is a module, and loaded");
    let _descriptors = guest.descriptors();
    assert_eq!(kvm.unload(), Err(Errno::EWOULDBLOCK));
}

#[test]
fn each_open_file_is_one_reference() {
    let guest = Guest::lock();
    let references = || guest.module().references();
    assert_eq!(references(), 0);

    let device = guest.device();
    assert_eq!(references(), 1);
    let anon = device.open_fd().unwrap();
    assert_eq!(references(), 2);
    // Another descriptor, but the same open file.
    let duplicate = anon.as_fd().try_clone_to_owned().unwrap();
    assert_eq!(references(), 2);

    drop(anon);
    assert_eq!(references(), 2);
    drop(duplicate);
    assert_eq!(references(), 1);
    drop(device);
    assert_eq!(references(), 0);
}

#[test]
fn what_a_process_leaves_open_is_closed_when_it_ends() {
    let guest = Guest::lock();
    in_child(|| {
        let device = guest.device();
        for _ in 0..10 {
            forget(device.open_fd().unwrap());
        }
        forget(device);
        assert_eq!(guest.module().references(), 11);
    });
    assert_eq!(guest.module().references(), 0);
}

#[test]
fn insmod_and_rmmod_fifty_times() {
    let guest = Guest::lock();
    for _ in 0..50 {
        assert_eq!(guest.module().unload(), Ok(()));
        assert!(!Path::new(uapi::DEVICE_PATH).exists());
        assert_eq!(guest.module().load(), Ok(()));
        assert_eq!(guest.device().version(), Ok(110));
    }
}

/// Opening the device during `rmmod` either succeeds or fails; nothing in between.
#[test]
fn rmmod_while_others_open() {
    let guest = Guest::lock();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    match Hiboma::open() {
                        Ok(device) => assert_eq!(device.open_fd().unwrap().count(), Ok(1)),
                        Err(OpenError::Missing { .. }) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
        let unload_and_load = || guest.module().unload().map(|()| guest.module().load());
        let answers: Vec<_> = (0..50).map(|_| unload_and_load()).collect();
        done.store(true, Ordering::Relaxed);
        for answer in answers {
            let expected = matches!(answer, Ok(Ok(())) | Err(Errno::EWOULDBLOCK));
            assert!(expected, "{answer:?}");
        }
    });
    assert_eq!(guest.module().references(), 0);
}

#[test]
fn the_kernel_log_tells_of_it() {
    let guest = Guest::lock();
    let mut log = KernelLog::from_here();
    assert_eq!(guest.module().unload(), Ok(()));
    assert_eq!(guest.module().load(), Ok(()));

    let name = guest.module().name();
    let said = log.messages();
    let own: Vec<_> = said
        .iter()
        .filter_map(|message| message.strip_prefix(&format!("{name}: ")))
        // Only one module has this device, and it logs whether the device exists.
        .filter(|message| !message.contains("/dev/hiboma-svm"))
        .collect();
    assert_eq!(
        own,
        ["deregistered /dev/hiboma", "registered /dev/hiboma"],
        "{said:?}"
    );
}

#[test]
fn its_licence_is_free() {
    let guest = Guest::lock();
    let taint = fs::read_to_string(format!("/sys/module/{}/taint", guest.module().name()));
    // O: built out of tree. P would mean proprietary.
    assert_eq!(taint.unwrap().trim(), "O");
}
